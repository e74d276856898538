import json
from dataclasses import replace

import pandas as pd
import pytest
from scipy import stats

from study.store.artefacts import open_artefact
from support.programs import run_program
from support.study_results import make_study
from support.synthetic_arms import CLAIMS, digits_arms, document_arms


def audited(store, arms, **evaluation):
    study = make_study(store, arms)
    for name, job in (("aggregate", study.summary_job), ("audit", study.audit_job(**evaluation))):
        finished = run_program(name, store, job)
        assert finished.returncode == 0, finished.stderr
    return open_artefact(store, study.audit_job(**evaluation).ref)


def claims_of(artefact):
    return {item["id"]: item for item in json.loads(artefact.file("claims.json").read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def faithful(tmp_path_factory):
    return audited(tmp_path_factory.mktemp("faithful"), document_arms())


def test_every_claim_is_answered_with_its_evidence(faithful):
    claims = claims_of(faithful)
    assert list(claims) == [item["id"] for item in CLAIMS["claims"]]
    assert all(item["evidence"] for item in claims.values())
    assert claims["frameworks"]["verdict"] == "supported"
    assert claims["frameworks_cause"]["verdict"] == "not_testable"
    assert claims["scratch_pytorch_test"]["verdict"] == "compatible"
    far = claims["pretrained_pytorch_test"]
    assert (far["verdict"], far["reason"]) == ("inconclusive", "many_comparisons")  # of three runs, beside 11 figures
    assert [item["key"] for item in claims["fresh_start"]["evidence"]["missing"]] == ["network"]


def test_tables_hold_every_pair_and_arm(faithful):
    comparisons, intervals, cohort = (
        pd.read_csv(faithful.file(f"{name}.csv")) for name in ("comparisons", "intervals", "cohort")
    )
    assert sorted(comparisons["runs"]) == ["all"] * 3 + ["learned"] * 3
    assert (comparisons["new_images_low"] < comparisons["difference"]).all()
    assert len(intervals) == 4 * 2
    assert len(cohort) == 4 * 2
    identified = json.loads(faithful.file("quantities.json").read_text(encoding="utf-8"))
    assert {item["basis"] for item in identified} == {"curves", "runs"}


def test_these_images_and_new_ones_stand_under_their_own_names(faithful):
    """Limits for these images are Student's over the seeds; those for new images are further out."""
    comparisons, intervals = (pd.read_csv(faithful.file(f"{name}.csv")) for name in ("comparisons", "intervals"))
    accuracies = {arm.name: arm.accuracies for arm in document_arms()}
    rows = [(row, list(accuracies[row["arm"]].values())) for row in intervals.to_dict("records")]
    reached = [new_images_reach_further(row, values) for row, values in rows]
    assert any(reached)
    pairs = [(row, *(accuracies[row[name]] for name in ("arm", "other"))) for row in comparisons.to_dict("records")]
    rows = [(row, [one[seed] - other[seed] for seed in one]) for row, one, other in pairs]
    reached = [new_images_reach_further(row, values) for row, values in rows]
    assert any(reached)


def new_images_reach_further(row, values):
    """Whether they do; they never reach less far, and as far where the images showed no variance of their own."""
    student = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    limits = (row["these_images_low"], row["these_images_high"])
    assert limits == pytest.approx((student.low, student.high), abs=1e-9)  # of decimals in binary
    assert row["new_images_low"] <= limits[0] + 1e-9
    assert row["new_images_high"] >= limits[1] - 1e-9
    return row["new_images_low"] < limits[0] - 1e-4


def test_limits_in_files_lie_within_what_is_possible(tmp_path):
    arms = [replace(arm, accuracies={0: 0.02, 1: 0.99}) for arm in document_arms()[:2]]
    arms[1] = replace(arms[1], accuracies={0: 0.99, 1: 0.02})
    found = audited(tmp_path, arms)
    intervals, comparisons = (pd.read_csv(found.file(f"{name}.csv")) for name in ("intervals", "comparisons"))
    for kind in ("these_images", "new_images"):
        assert set(intervals[f"{kind}_low"]) == {0}
        assert set(intervals[f"{kind}_high"]) == {1}
        assert set(comparisons[f"{kind}_low"]) == {-1}
        assert set(comparisons[f"{kind}_high"]) == {1}


def test_the_level_of_the_configuration_is_used(faithful, tmp_path):
    strict = audited(tmp_path, document_arms(), confidence=0.999)
    widths = []
    for artefact in (faithful, strict):
        table = pd.read_csv(artefact.file("intervals.csv"))
        widths.append(table["new_images_high"] - table["new_images_low"])
    assert (widths[1] > 1.5 * widths[0]).all()


def test_other_data_decides_no_figure(tmp_path):
    claims = claims_of(audited(tmp_path, digits_arms((0, 1, 2))))
    figures = [item for item in claims.values() if item["claim"]["kind"] in ("value", "difference")]
    assert {item["verdict"] for item in figures} == {"not_testable"}
    assert claims["pretraining"]["evidence"]["scope"] == "direction_only"


def test_a_mistaken_claim_is_refused_by_name(tmp_path):
    study = make_study(tmp_path, document_arms((0,))[:1])
    claims = {**CLAIMS, "claims": [{**CLAIMS["claims"][0], "lower": "1.2"}]}
    finished = run_program("audit", tmp_path, study.audit_job(claims))
    assert finished.returncode == 1
    assert "both are 1.2; a comparison needs two arms" in finished.stderr
    assert "Traceback" not in finished.stderr
