"""Bugs to plant into the engine, each by changing one function or constant of it.

The function's name is the bug's name, its docstring says what goes wrong.
"""

from dataclasses import replace

from sqlalchemy import select

from harness.adapters import _steps, active_directory, o365
from harness.engine import push as pushing_lane
from harness.engine import retry
from harness.engine.engine import Engine
from harness.engine.importing import Importing
from harness.engine.jobs import Jobs
from harness.engine.push import GroupPush
from harness.engine.work import StepFailed, Work
from harness.model import MappingStatus
from harness.org import mappings, push_rules, pushing, schema
from harness.org.apps import Apps
from harness.org.assignments import Assignments
from harness.org.mappings import Mappings
from harness.org.push_rules import PushRules
from harness.org.pushing import Pushing

# --- who is sent -------------------------------------------------------------------------------


def inactive_users_are_pushed(patch):
    """A user's status is not asked for."""
    asked = mappings._WANTED
    kept = [each for each in asked.whereclause.clauses if each.left is not schema.users.c.status]
    blind = select(*asked.selected_columns).select_from(*asked.get_final_froms()).where(*kept)
    patch.setattr(mappings, "_WANTED", blind.order_by(schema.group_members.c.joined))


def unassigned_members_are_pushed(patch):
    """Members are found in the app by their login, assigned or not."""
    create, wanted = GroupPush.create, Mappings.wanted
    accounts = {}

    def look_them_up(self, job):
        for outcome in self._load(job).adapter.list_accounts():
            accounts.update({account.login: account.id for account in outcome.accounts})
        yield from create(self, job)

    def by_login(self, mapping, user_ids=None):
        members = set(self.members(mapping, user_ids))
        users = self._store.rows(schema.users.select())
        found = {row.id: accounts[row.login] for row in users if row.login in accounts}
        found |= wanted(self, mapping, user_ids)
        return {user_id: account for user_id, account in found.items() if user_id in members}

    patch.setattr(GroupPush, "create", look_them_up)
    patch.setattr(Mappings, "wanted", by_login)


def late_members_heal_by_themselves(patch):
    """Every member is sent once it is provisioned, whatever the setting says."""
    provisioned = Assignments.provisioned

    def and_heal(self, app, user_id, account_id, login):
        provisioned(self, app, user_id, account_id, login)
        self._heal(app.id, user_id)

    patch.setattr(Assignments, "provisioned", and_heal)


def unassigning_keeps_the_link(patch):
    """The id of an unassigned user's account is remembered, so removals can still name it."""
    patch.setattr(Mappings, "forget_user", lambda *_: None)


def recreated_account_keeps_its_stale_id(patch):
    """The import believes the id it knows, although that account is gone."""
    patch.setattr(Importing, "_match", lambda *_: None)


# --- what is sent ------------------------------------------------------------------------------


def removals_are_not_sent(patch):
    """Who leaves the source group is taken off the plan."""
    plan = pushing_lane.plan_changes
    patch.setattr(pushing_lane, "plan_changes", lambda *a, **k: replace(plan(*a, **k), remove={}))


def push_now_only_adds(patch):
    """Push Now compares with what is known, and adds."""
    overwrites_not = replace(o365.Adapter.capabilities, overwrites=False)
    patch.setattr(o365.Adapter, "capabilities", overwrites_not)


def active_directory_is_overwritten(patch):
    """The exception for Active Directory is forgotten."""
    overwrites = replace(active_directory.Adapter.capabilities, overwrites=True)
    patch.setattr(active_directory.Adapter, "capabilities", overwrites)


def linking_reconciles_nothing(patch):
    """A linked group keeps the members it had."""
    overwrite, link = GroupPush._overwrite, GroupPush.link

    def link_as_it_is(self, job):
        self._overwrite = self._fill
        yield from link(self, job)
        self._overwrite = overwrite.__get__(self)

    patch.setattr(GroupPush, "link", link_as_it_is)


def rename_sends_the_members_again(patch):
    """A new name is taken as a reason for a full push."""
    rename = GroupPush.rename

    def and_everything_else(self, job):
        yield from rename(self, job)
        yield from self._overwrite(self._load(job))

    patch.setattr(GroupPush, "rename", and_everything_else)


def one_change_sends_everything(patch):
    """A member who comes or goes makes the engine send the whole membership."""
    patch.setattr(GroupPush, "change", GroupPush.push_now)


def paused_mappings_still_send(patch):
    """A membership change is queued whatever the mapping's status."""
    changed = Mappings.membership_changed

    def for_everyone(self, group_id, user_ids):
        changed(self, group_id, user_ids)
        for mapping in self.of_group(group_id):
            self.enqueue(mapping, "change")

    patch.setattr(Mappings, "membership_changed", for_everyone)


def activating_sends_nothing(patch):
    """A mapping that is activated again follows changes from then on, without the initial push."""
    patch.setattr(
        Pushing,
        "activate",
        lambda self, app, group: self._mappings.set_status(
            self.find(app, group).id, MappingStatus.ACTIVE
        ),
    )


def twenty_one_links_in_one_request(patch):
    """One link more than Microsoft Graph takes."""
    patch.setattr(o365, "LINKS", 21)


# --- unlinking, linking, names -----------------------------------------------------------------


def leaving_deletes_the_group(patch):
    """Unlink always deletes the target group."""
    unlink = Pushing.unlink
    patch.setattr(
        Pushing, "unlink", lambda self, app, group, **_: unlink(self, app, group, delete_group=True)
    )


def deleting_leaves_the_group(patch):
    """Unlink never deletes the target group."""
    unlink = Pushing.unlink
    patch.setattr(
        Pushing,
        "unlink",
        lambda self, app, group, **_: unlink(self, app, group, delete_group=False),
    )


def a_taken_name_makes_a_twin(patch):
    """The engine creates without looking for the name first."""
    patch.setattr(GroupPush, "_find_or_make", _make_blindly)


def a_taken_name_is_taken_over(patch):
    """A group of that name is linked although the app does not support Group Linking."""
    taken_over = replace(o365.Adapter.capabilities, linking=True, adopts_same_name=True)
    patch.setattr(o365.Adapter, "capabilities", taken_over)
    patch.setattr(Apps, "links", lambda *_: True)


def a_missing_group_is_made_again(patch):
    """A target group that is gone is created anew instead of being reported."""
    change = GroupPush.change

    def or_make(self, job):
        try:
            yield from change(self, job)
        except StepFailed:
            yield from self._make(self._load(job), with_members=True)

    patch.setattr(GroupPush, "change", or_make)


def adopting_removes_strangers(patch):
    """A directory group that Okta never imported is emptied of those it does not know."""
    patch.setattr(GroupPush, "_is_stranger", lambda *_: False)


def any_ou_is_accepted(patch):
    """The Group OUs connected to Okta are not looked at."""
    patch.setattr(pushing, "_place_refusal", lambda *_: None)


def a_known_name_is_made_again(patch):
    """A group of the app that has the name is not looked for among those that were imported."""
    patch.setattr(Pushing, "_link_target", lambda *_: None)
    patch.setattr(GroupPush, "_find_or_make", _make_blindly)


def linking_always_renames(patch):
    """The setting for renaming app groups is not looked at when a group is linked."""
    choose = Pushing._choose

    def with_its_own_name(self, request, *more):
        choice = choose(self, request, *more)
        return replace(choice, target_name=choice.group.name)

    patch.setattr(Pushing, "_choose", with_its_own_name)


def renaming_forgets_what_was_linked_before(patch):
    """Switched on, the setting for renaming is about later links only."""
    patch.setattr(Mappings, "follow_names", lambda *_: None)


def a_group_is_pushed_to_one_app_only(patch):
    """The membership change reaches the first mapping of the group and no other."""
    of_group = Mappings.of_group
    patch.setattr(Mappings, "of_group", lambda self, group_id: of_group(self, group_id)[:1])


# --- push rules --------------------------------------------------------------------------------


def a_rule_takes_what_contains_its_text(patch):
    """Where the text stands in the name is not looked at."""
    patch.setattr(push_rules, "_matches", lambda rule, group: rule.value in group.name)


def a_rule_takes_any_number_of_groups(patch):
    """More than a hundred matches are pushed like any other number."""
    patch.setattr(push_rules, "MAX_MATCHES", 1_000_000)


def a_rule_takes_its_mappings_along(patch):
    """Deleting a rule deletes what it has made, asked to or not."""
    delete = PushRules.delete
    patch.setattr(
        PushRules,
        "delete",
        lambda self, app, name, **asked: delete(
            self, app, name, **{**asked, "with_mappings": True}
        ),
    )


def a_rule_fills_its_groups_at_once(patch):
    """The rule's box for pushing memberships immediately is not looked at."""
    push = Pushing.push
    patch.setattr(
        Pushing,
        "push",
        lambda self, request, **more: push(self, replace(request, immediately=True), **more),
    )


def a_rule_is_offered_everywhere(patch):
    """Active Directory takes push rules too."""
    offered = replace(active_directory.Adapter.capabilities, push_rules=True)
    patch.setattr(active_directory.Adapter, "capabilities", offered)


# --- assignments -------------------------------------------------------------------------------


def one_assignment_less_takes_the_app(patch):
    """Whoever is unassigned by hand loses the app, whatever groups give it."""
    patch.setattr(Assignments, "_through_groups", lambda *_: set())


def provisioning_switched_off_is_no_obstacle(patch):
    """A push is taken although nothing can be sent."""
    patch.setattr(pushing, "pushing_refusal", lambda _: None)


# --- failures and time -------------------------------------------------------------------------


def a_lost_reply_makes_a_twin(patch):
    """A create whose reply got lost is sent again, as a plain POST, without a look."""
    upsert = o365._upsert_request

    def plain(plan, members):
        return replace(upsert(plan, members), method="POST", path="/groups", headers=None)

    patch.setattr(o365, "_upsert_request", plain)
    patch.setattr(GroupPush, "_find_or_make", _make_blindly)


def _make_blindly(self, push, job):
    yield from self._make(push, with_members=job.payload.get("members", True))


def retry_after_is_ignored(patch):
    """A throttled call is repeated after a second."""
    patch.setattr(retry, "first_wait_s", lambda _: 1.0)


def waits_do_not_double(patch):
    """Every attempt waits as long as the first."""
    wait = retry.wait_s
    patch.setattr(retry, "wait_s", lambda error, attempt: wait(error, 1) if attempt < 10 else None)


def attempts_never_end(patch):
    """The tenth failure is a failure like any other."""
    patch.setattr(retry, "MAX_ATTEMPTS", 1_000_000)


def retries_are_forgotten(patch):
    """A job that is put off is dropped."""
    patch.setattr(Jobs, "_put_off", lambda self, job, *_: self._delete(job))


def lag_is_an_error(patch):
    """A fresh object that is not found is a missing object."""
    patch.setattr(Work, "may_be_lag", lambda *_: False)


def part_of_a_batch_fails_unseen(patch):
    """The batch was answered 200, so its requests are believed to be done."""
    patch.setattr(_steps, "_leading", lambda _: None)


def the_first_slice_is_taken_for_all(patch):
    """Of a long member list only the first part is read."""
    read = active_directory._slice
    patch.setattr(active_directory, "_slice", lambda action: (read(action)[0], None))


def new_credentials_are_not_used(patch):
    """The adapter in use keeps the credentials it was made with."""

    def first(self, app):
        if app.id not in self._adapters:
            self._adapters[app.id] = ((app.credentials, app.settings), self._make_adapter(app))
        return self._adapters[app.id][1]

    patch.setattr(Engine, "adapter", first)


def one_failure_stops_every_group(patch):
    """The lane of the app ends with the first mapping in error."""
    fail = Jobs._fail_mapping

    def and_all_others(self, job, *rest):
        fail(self, job, *rest)
        of_app = schema.jobs.c.app_id == job.app_id
        self._store.run(schema.jobs.update().where(of_app).values(failed=True))

    patch.setattr(Jobs, "_fail_mapping", and_all_others)
