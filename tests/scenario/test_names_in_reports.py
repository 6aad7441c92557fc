from harness.scenario.report import Style, report
from tests.scenario.rig import failed

PUSHED = """
given: {users: [ana, ben], assigned: [ana, ben], groups: {Sales: [ana]}, pushed: Sales}
steps:
  - add_members: {Sales: ben}
  - expect: {target: {Sales: ana}}
"""

REFUSED = """
given: {groups: [Sales], target: {groups: [Sales]}}
steps:
  - push: Sales
  - expect: {errors: [{subject: Sales, message: already, cause: no idea}]}
"""


def test_calls_are_told_with_names_in_the_place_of_ids():
    told = report(*failed(PUSHED), Style())

    assert "POST /v1.0/groups/<Sales>/members/$ref 204" in told
    assert 'directoryObjects/<ben>"' in told


def test_an_error_row_about_the_right_group_tells_which_part_of_it_differs():
    _, error = failed(REFUSED)
    (found,) = error.disagreements

    assert found.subject == "Sales: cause"
    assert found.expected == "contains 'no idea'"
    assert "rename or delete the group in the app" in found.actual
