"""Write the report of what is complete of a study, as partial.LANGUAGE.FORMAT; it says what is missing and why."""

from study.errors import program
from study.inspection.study import read_arguments
from study.reporting.cache import keep_matplotlib_cache
from study.store.files import atomic


@program
def main() -> None:
    """A configuration in; report/partial.* in the results folder out."""
    study, _ = read_arguments(__doc__)
    keep_matplotlib_cache(study.results)
    # matplotlib looks for its cache when it is imported
    from study.evaluation.summary import summarise
    from study.evaluation.tables import epochs_table
    from study.inspection.partial import read_partial
    from study.reporting.document import ReportSpec, write_report

    partial = read_partial(study)
    summary, epochs = summarise(partial.spec, partial.results), epochs_table(partial.results)
    for ref in study.plan.published.inputs_of("reports"):
        spec = ReportSpec.model_validate(study.plan.by_folder[ref.folder].spec)
        path = study.results / "report" / f"partial.{spec.language}.{spec.format}"
        with atomic(path) as temporary:
            write_report(spec, summary, epochs, temporary, partial.missing)
        print(f"{path}: {len(partial.missing)} runs are missing, and it says which and why")


if __name__ == "__main__":
    main()
