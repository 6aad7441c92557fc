import pytest

from harness import world
from harness.errors import Unusable
from harness.scenario.language import load
from harness.scenario.marks import expectations, verbs
from tests.scenario.rig import body_problems, problems, scenario

GIVEN = "given: {users: [ana, ben], groups: {Sales: [ana]}, assigned: ana}\n"


def step_problems(step, app="o365"):
    return body_problems(f"{GIVEN}steps:\n  - {step}\n", app)


def test_a_file_without_mistakes_has_no_problems():
    assert step_problems("push: Sales") == []


def test_all_mistakes_of_a_file_are_told_in_its_order_with_line_and_column():
    found = problems(
        """\
        title: A case
        apps: [o364]
        sead: 3
        given: {users: [ana]}
        steps:
          - pusj: Sales
          - add_members: {Sales: anna}
          - wait: soon
        """
    )

    assert found == [
        "2:8: unknown app 'o364'; nearest: o365",
        "3:1: unknown key 'sead'; nearest: seed",
        "6:5: unknown verb 'pusj'; nearest: push",
        "7:19: unknown group 'Sales'; known: Everyone",
        "7:26: unknown user 'anna'; nearest: ana",
        "8:11: expected a time such as 30s, 10m, 1h30m, 2d or settled, found the text 'soon'",
    ]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("push: Sale", "unknown group 'Sale'; nearest: Sales"),
        ("push: [Sales]", "expected the name of a known group, found a list"),
        ("push: {target_name: X}", "missing key 'group'"),
        ("push: {group: Sales, linkto: X}", "unknown key 'linkto'; nearest: link_to"),
        (
            "push: {group: Sales, link_to: Vendors}",
            "unknown target group 'Vendors'; known: Everyone, Sales",
        ),
        ("push: {group: Sales, immediately: no}", "expected true or false, found the text 'no'"),
        ("push_now: 5", "expected the name of a known group, found the number '5'"),
        ("push:", "expected the name of a known group, found nothing"),
        ("unlink: Sales", "expected a map with group, target_group, found the text 'Sales'"),
        ("unlink: {group: Sales, target_group: keep}", "unknown word 'keep'; known: delete, leave"),
        ("quirk: {Q99: on}", "unknown quirk of o365 'Q99'"),
        ("quirk: {Q3: maybe}", "expected on or off, found the text 'maybe'"),
        ("arm_fault: {operation: o365.creat_group, kind: reset}", "nearest: o365.create_group"),
        ("arm_fault: {operation: o365.batch, kind: explode}", "unknown fault of o365 'explode'"),
        ("arm_fault: {operation: box.*, kind: reset}", "unknown operation of o365 'box.*'"),
        ("change_settings: {renme_app_groups: false}", "nearest: rename_app_groups"),
        ("change_settings: {renam: false}", "unknown setting 'renam'; nearest: rename_app_groups"),
        ("change_settings: {rename_app_groups: off}", "expected one of true, false"),
        ("change_settings: {wire: slow}", "expected one of frugal, okta"),
        (
            "change_settings: {timeout_s: long}",
            "expected a number of seconds above 0, found the text 'long'",
        ),
        ("target_change_settings: {lag: 3}", "unknown tenant setting of o365 'lag'"),
        ("target_change_settings: {replication_lag_s: long}", "expected a number, found the text"),
        ("target_change_settings: {guests_may_join: 1}", "expected true or false"),
        ("target_change_settings: {domains: x}", "expected a list, found the text 'x'"),
        ("create_user: Ana Smith", "'Ana Smith' is no short name of a person, such as ana"),
        ("wait: 30", "expected a time such as"),
        ("retry_all: Sales", "expected no value after 'retry_all'"),
        ("push", "the verb 'push' needs a value"),
        ("[push]", "expected a step: a verb and what it needs, found a list"),
        ("{push: Sales, push_now: Sales}", "a step has one verb, not 2: push, push_now"),
        ("{because: no verb}", "the step has no verb"),
        ("{push: Sales, only: active_directory, because: x}", "unknown app kind"),
        ("{push: Sales, only: o365}", "`only` needs a `because`"),
        ("{push: Sales, app: crm}", "unknown app 'crm'"),
        ("{push: Sales, stop_after: o365.nothing}", "unknown operation of o365 'o365.nothing'"),
        ("{expect: {errors: []}, refused: no}", "'expect' is a judgement and is never refused"),
        ("{quirk: {Q3: on}, stop_after: o365.batch}", "the engine does not work during 'quirk'"),
        ("target_create_ou: X", "o365 has no OUs: limit the step with `only`"),
        ("expect: {maping: {Sales: ACTIVE}}", "unknown expectation 'maping'; nearest: mapping"),
        ("expect: {mapping: {Sales: active}}", "unknown word 'active'; nearest: ACTIVE"),
        ("expect: {mapping: {Sales: {state: ACTIVE}}}", "unknown key 'state'; nearest: status"),
        ("expect: {mapping: {}}", "expected a map with at least one entry"),
        ("expect: {target: {Sales: [anna]}}", "unknown account 'anna'; nearest: ana"),
        ("expect: {calls: {at_most: -1}}", "expected a whole number from 0, found the number '-1'"),
        ("expect: {calls: {operations: {o365.bach: 1}}}", "nearest: o365.batch"),
        ("expect: {users: {ana: GONE}}", "unknown word 'GONE'"),
        ("expect: {log: some.event}", "expected a map, found the text 'some.event'"),
        ("{push: Sales, when: {wire: frugal}}", "`when` needs a `because`"),
        ("{push: Sales, because: x, when: okta}", "expected a map of settings to the values"),
        ("{push: Sales, because: x, when: {}}", "expected a map of settings to the values"),
        ("{push: Sales, because: x, when: {wir: okta}}", "unknown setting 'wir'; nearest: wire"),
        ("{push: Sales, because: x, when: {wire: x}}", "expected one of frugal, okta"),
        ("{push: Sales, because: x, when: {wire: okta}}", "wire is never okta for o365"),
    ],
)
def test_a_mistake_in_a_step_is_told_before_anything_runs(step, problem):
    found = step_problems(step)

    assert any(problem in told for told in found), found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a", "1:1: expected a map with title, apps and steps, found a list"),
        ("title: x\napps: o365", "1:1: missing key 'steps'"),
        ("title: x\napps: o365\nsteps: []", "3:8: expected a list of steps, found an empty list"),
        (
            "title: x\napps: []\nsteps: [retry_all]",
            "2:7: expected at least one app, found an empty list",
        ),
        ("title: 5\napps: o365\nsteps: [retry_all]", "1:8: expected text, found the number '5'"),
        ("title: x\napps: [o365, o365]\nsteps: [retry_all]", "2:7: the same app is listed twice"),
        ("schema: 2\ntitle: x\napps: o365\nsteps: [retry_all]", "1:9: expected 1, the only"),
        ("title: x\ncase: X1\napps: o365\nsteps: [retry_all]", "2:7: 'X1' is no id"),
        ("title: x\napps: o365\nseed: 1.5\nsteps: [retry_all]", "3:7: expected a whole number"),
        ("title: x\napps: o365\nquirks: [Q1]\nsteps: [retry_all]", "3:9: expected a map"),
        (
            "title: x\napps: o365\nsettings: {o365: {wir: okta}}\nsteps: [retry_all]",
            "nearest: wire",
        ),
        ("title: x\napps: o365\ngiven: {users: {ana: {age: 3}}}\nsteps: [retry_all]", "'age'"),
        ("title: x\napps: o365\ngiven: {user: ana}\nsteps: [retry_all]", "nearest: users"),
        ("title: x\napps: o365\ngiven: {groups: {S: [zoe]}}\nsteps: [retry_all]", "user 'zoe'"),
    ],
)
def test_a_mistake_above_the_steps_is_told_before_anything_runs(text, problem):
    found = problems(text)

    assert any(problem in told for told in found), found


@pytest.mark.parametrize(
    "body",
    [
        "settings: {heal_late_members: false}\nsteps:\n",
        "settings: {o365: {heal_late_members: false}}\nsteps:\n",
        "steps:\n  - change_settings: {heal_late_members: false}\n",
    ],
)
def test_what_a_file_states_can_be_no_condition(body):
    found = body_problems(
        f"{body}  - {{retry_all: , when: {{heal_late_members: true}}, because: of that}}\n"
    )

    assert found == ["the file itself states heal_late_members: no run has another"]


def test_a_condition_on_a_habit_of_the_wire_needs_an_app_that_has_it():
    step = "  - {retry_all: , when: {wire: okta}, because: of that}\n"

    assert body_problems(f"steps:\n{step}", "[o365, slack]") == []
    assert body_problems(f"steps:\n{step}", "[o365, box]") == ["wire is never okta for o365, box"]


def test_a_name_can_be_used_only_after_the_step_that_makes_it():
    early = "steps:\n  - push: Ops\n  - create_group: Ops\n"
    late = "steps:\n  - create_group: Ops\n  - push: Ops\n"

    assert body_problems(early) == ["unknown group 'Ops'; known: Everyone"]
    assert body_problems(late) == []


def test_a_new_name_is_known_after_a_rename():
    assert step_problems("rename_group: {Sales: Trade}\n  - push: Trade") == []


def test_who_has_only_an_account_is_no_user():
    body = "given: {target: {accounts: [zoe]}}\nsteps:\n  - deactivate_user: zoe\n"

    assert body_problems(body) == ["unknown user 'zoe'; none is known here"]


def test_a_word_of_an_app_is_checked_for_every_app_that_the_step_meets():
    step = "arm_fault: {operation: o365.create_group, kind: reset}"

    (told,) = step_problems(step, app="[o365, active_directory]")

    assert told.startswith("unknown operation of active_directory 'o365.create_group'")


def test_a_step_for_one_app_only_is_checked_for_that_app():
    step = "{arm_fault: {operation: o365.batch, kind: reset}, only: o365, because: Graph's own}"

    assert step_problems(step, app="[o365, active_directory]") == []


def test_a_word_may_be_given_per_app_kind():
    operations = "{o365: o365.create_group, active_directory: active_directory.actions}"
    step = f"arm_fault: {{operation: {operations}, kind: reset}}"

    assert step_problems(step, app="[o365, active_directory]") == []


def test_a_word_given_per_app_kind_is_given_for_all_of_them():
    step = "arm_fault: {operation: {o365: o365.create_group}, kind: reset}"

    told = step_problems(step, app="[o365, active_directory]")

    assert told == ["no operation is given for active_directory"]


def test_settings_and_quirks_may_be_given_per_app():
    told = scenario(
        """
        settings: {wire: okta, enhanced_group_push: false, o365: {wire: frugal}}
        quirks: {o365: {Q3: off}}
        steps: [retry_all]
        """,
        app="[o365, active_directory]",
    )

    assert told.keys.settings.of("o365", "o365")["wire"] == "frugal"
    assert told.keys.settings.of("active_directory", "active_directory")["wire"] == "okta"
    assert told.keys.quirks.of("active_directory", "active_directory") == {}


def test_several_apps_share_one_world_under_labels():
    told = scenario("steps: [{retry_all: , app: mail}]", app="[{mail: o365, ad: active_directory}]")

    (lineup,) = told.lineups

    assert lineup.name == "mail+ad"
    assert lineup.apps == {"mail": "o365", "ad": "active_directory"}


def test_a_file_that_is_not_there_is_unusable_in_one_line(tmp_path):
    with pytest.raises(Unusable, match="No such file or directory"):
        load(tmp_path / "none.yaml", world)


@pytest.mark.parametrize(
    "word", [*verbs().values(), *expectations().values()], ids=lambda w: w.name
)
def test_every_verb_and_expectation_says_what_it_is(word):
    assert word.doc.endswith((".", "}"))
    assert len(word.doc) > 10
