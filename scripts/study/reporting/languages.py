"""The words of a language that stand outside the templates: in figures and around the text."""

from dataclasses import dataclass

from study.config.document import Language
from study.reporting.numbers import NUMBERS, Numbers


@dataclass(frozen=True)
class Words:
    """Words of one language."""

    numbers: Numbers
    conjunction: str
    """Before the last item of a list."""
    contents: str
    skip: str
    """Of the link that leads a keyboard past the contents."""
    table: str
    figure: str
    data: str
    """Of a link to a figure's data."""
    copy: str
    copied: str
    sort: str
    """Of the button in a column's head."""
    epoch: str
    loss: str
    accuracy: str
    training: str
    monitored: dict[str, str]
    """By what ``monitor`` may be."""
    authors: str
    """Before the name of one of the authors' curves."""
    true_class: str
    predicted_class: str
    share: str
    """Of a true class's images, in percent."""
    seed: str
    mean: str
    these_images: str
    new_images: str
    document: str
    teams: str
    confidence: str
    calibration_error: str
    test_accuracy: str
    seconds: str
    none_wrong: str


WORDS: dict[Language, Words] = {
    "es": Words(
        numbers=NUMBERS["es"],
        conjunction="y",
        contents="Contenido",
        skip="Ir al texto",
        table="Tabla",
        figure="Figura",
        data="Datos (CSV)",
        copy="Copiar la tabla",
        copied="Copiada",
        sort="Ordenar por",
        epoch="Época",
        loss="Pérdida",
        accuracy="Exactitud (%)",
        training="entrenamiento",
        monitored={"test": "prueba", "validation": "validación", "none": ""},
        authors="autores: {}",
        true_class="Clase verdadera",
        predicted_class="Clase predicha",
        share="% de las imágenes de la clase",
        seed="una semilla",
        mean="media",
        these_images="intervalo, estas imágenes",
        new_images="intervalo, imágenes nuevas",
        document="documento",
        teams="otros equipos",
        confidence="Confianza (%)",
        calibration_error="error {}",
        test_accuracy="Exactitud de prueba (%)",
        seconds="Tiempo de entrenamiento (s)",
        none_wrong="ninguna imagen",
    ),
    "en": Words(
        numbers=NUMBERS["en"],
        conjunction="and",
        contents="Contents",
        skip="Skip to the text",
        table="Table",
        figure="Figure",
        data="Data (CSV)",
        copy="Copy the table",
        copied="Copied",
        sort="Sort by",
        epoch="Epoch",
        loss="Loss",
        accuracy="Accuracy (%)",
        training="training",
        monitored={"test": "test", "validation": "validation", "none": ""},
        authors="authors: {}",
        true_class="True class",
        predicted_class="Predicted class",
        share="% of the class's images",
        seed="one seed",
        mean="mean",
        these_images="interval, these images",
        new_images="interval, new images",
        document="document",
        teams="other teams",
        confidence="Confidence (%)",
        calibration_error="error {}",
        test_accuracy="Test accuracy (%)",
        seconds="Training time (s)",
        none_wrong="no image",
    ),
}
