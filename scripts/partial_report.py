"""Write a report of the complete part of a study, as partial.LANGUAGE.FORMAT; it says what is missing and why."""

import os
import tempfile
from pathlib import Path

from study.errors import program
from study.inspection.study import InspectedStudy, read_arguments
from study.machine.environment import isolate_environment


@program
def main() -> None:
    """Write report/partial.* into the results folder."""
    study, _ = read_arguments(__doc__)
    isolate_environment(os.environ, study.results)
    with tempfile.TemporaryDirectory() as name:
        write_partial(study, Path(name))


def write_partial(study: InspectedStudy, folder: Path) -> None:
    """Combine, judge, draw and write in ``folder`` what the rules would for a complete study."""
    # matplotlib finds its settings and cache on import
    from study.audit.files import read_audit, write_audit
    from study.audit.results import audit
    from study.evaluation.files import read_summary, write_summary
    from study.inspection.partial import read_partial, right_of
    from study.reporting.document import figure_paths, write_report
    from study.reporting.figures.draw import draw_figures
    from study.reporting.publication import add_copies
    from study.reporting.specs import ReportSpec

    partial = read_partial(study)
    write_summary(folder, partial.spec, partial.results, [])
    summary = read_summary(folder.joinpath)
    write_audit(folder, audit(partial.audit, summary.content, summary.epochs, right_of(study, partial)))
    found = read_audit(folder.joinpath)
    for ref in study.plan.published.inputs_of("reports"):
        spec = ReportSpec.model_validate(study.plan.by_folder[ref.folder].spec)
        drawings = folder / f"{spec.language}-{spec.format}"
        drawings.mkdir()
        drawn = draw_figures(drawings, summary, found, spec.labels, spec.language, spec.bridges)
        figures = figure_paths(drawings, drawn)
        name = f"partial.{spec.language}.{spec.format}"
        write_report(spec, summary, found, figures, folder / name, partial.missing)
        add_copies(study.results, {f"report/{name}": folder / name})
        print(
            f"{study.results / 'report' / name}: {len(partial.missing)} runs are missing; the report says which and why"
        )


if __name__ == "__main__":
    main()
