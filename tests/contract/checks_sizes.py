"""Page and batch boundaries, at the sizes that the adapter declares: one less, the size, one more.

The declaration is judged too: one more than a declared size must cost something more, be it a call
or a request within one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fake_apps.core.ledger import Call
from harness.model import Capabilities, Outcome
from harness.ports import Steps
from tests.contract.bench import Bench, Tenant, accounts, added, groups, members, removed
from tests.contract.check import check
from tests.contract.faults import about

QUICK = 500  # of larger sizes one more is tried, in one direction and one habit: it takes seconds


@dataclass(frozen=True)
class Listing:
    """One kind of list: its declared sizes, how it is asked for, read, and made longer."""

    sizes: Callable[[Capabilities], tuple[int, ...]]
    ask: Callable[[Tenant, str], Steps]
    read: Callable[[list[Outcome]], list[str]]
    grow: Callable[[Tenant, str, int, int], None]


def _grow_people(tenant: Tenant, _group: str, start: int, end: int) -> None:
    for number in range(start, end):
        tenant.admin.add_account(tenant.login(f"more{number:05}"), {})


def _grow_groups(tenant: Tenant, _group: str, start: int, end: int) -> None:
    for number in range(start, end):
        tenant.add_group(f"Group {number:05}")


def _grow_members(tenant: Tenant, group: str, start: int, end: int) -> None:
    add = tenant.admin.add_account
    tenant.admin.add_members(
        group, [add(tenant.login(f"more{number:05}"), {}) for number in range(start, end)]
    )


LISTS: Mapping[str, Listing] = {
    "accounts": Listing(
        lambda can: can.account_pages,
        lambda tenant, _: tenant.adapter.list_accounts(),
        lambda outcomes: [account.id for account in accounts(outcomes)],
        _grow_people,
    ),
    "groups": Listing(
        lambda can: can.group_pages,
        lambda tenant, _: tenant.adapter.list_groups(),
        lambda outcomes: [group.id for group in groups(outcomes)],
        _grow_groups,
    ),
    "members": Listing(
        lambda can: can.member_pages,
        lambda tenant, group: tenant.adapter.list_members(group),
        members,
        _grow_members,
    ),
}


@check(each=LISTS)
def a_list_is_whole_whatever_its_length(bench: Bench, case: Listing) -> None:
    tenant = bench.tenant()
    group = tenant.add_group("Everybody")
    length = len(case.read(tenant.done(case.ask(tenant, group))))
    for size in case.sizes(tenant.capabilities):
        calls = []
        for wanted in (size - 1, size, size + 1):
            with about(f"a list of {wanted}"):
                case.grow(tenant, group, length, wanted)
                length = wanted
                outcomes = tenant.done(case.ask(tenant, group))

                listed = case.read(outcomes)
                assert len(set(listed)) == len(listed), "an entry is listed twice"
                assert len(listed) == wanted
                calls.append(len(outcomes))
        _costs_more(bench, calls, size)


def _costs_more(bench: Bench, costs: list[int], size: int) -> None:
    """A size of one habit of several need not show in the others."""
    before, at, after = costs
    assert before <= at <= after
    if len(bench.tenant().capabilities.wires) == 1:
        assert after > at, f"{size} is declared, but one more costs nothing more"


@check
def a_replacement_reads_every_page(bench: Bench) -> None:
    tenant = bench.tenant()
    for size in tenant.capabilities.member_pages:
        people = tenant.people(size + 2, prefix=f"of{size}-")
        for count in (size, size + 1):
            with about(f"{count} members"):
                group = tenant.add_group(f"Group of {count}", people[:count])
                wanted = [*people[1 : count - 1], people[count]]

                outcomes = tenant.done(tenant.adapter.replace_members(group, wanted))

                assert sorted(tenant.members(group)) == sorted(wanted)
                assert set(removed(outcomes)) <= {people[0], people[count - 1]}


@check
def as_many_members_join_and_leave_as_are_asked_to(bench: Bench) -> None:
    tenant = bench.stage().tenant
    tenant.sign_in()
    sizes = [size for size in tenant.capabilities.member_batches if size <= QUICK]
    people = tenant.people(max(sizes, default=1) + 1, prefix="many")
    for size in sizes:
        costs = []
        for wanted in (size - 1, size, size + 1):
            with about(f"{wanted} members"):
                group = tenant.add_group(f"Group {size} {wanted}")
                costs.append(_work(_all_join(tenant, group, people[:wanted])))
                _all_leave(tenant, group, people[:wanted])
        _costs_more(bench, costs, size)


@check
def more_members_than_fill_a_large_call_go_into_two(bench: Bench) -> None:
    tenant = bench.stage().tenant
    tenant.sign_in()
    if bench.wire != tenant.capabilities.wires[0]:
        return
    for size in (size for size in tenant.capabilities.member_batches if size > QUICK):
        with about(f"{size + 1} members"):
            people = tenant.people(size + 1, prefix="many")

            calls = _all_join(tenant, tenant.add_group("Everybody"), people)

            assert _work(calls) > 1, f"{size} is declared, but one more costs nothing more"


def _all_join(tenant: Tenant, group: str, people: list[str]) -> list[Call]:
    before = tenant.app.ledger.last_number
    outcomes = tenant.done(tenant.adapter.change_members(group, add=people, remove=[]))

    assert sorted(added(outcomes)) == sorted(people)
    assert sorted(tenant.members(group)) == sorted(people)
    return tenant.app.ledger.since(before)


def _all_leave(tenant: Tenant, group: str, people: list[str]) -> None:
    outcomes = tenant.done(tenant.adapter.change_members(group, add=[], remove=people))

    assert sorted(removed(outcomes)) == sorted(people)
    assert tenant.members(group) == []


def _work(calls: list[Call]) -> int:
    """Calls and the requests within them."""
    return sum(1 + len(call.inner) for call in calls)


@check
def a_group_is_made_with_as_many_members_as_are_asked_for(bench: Bench) -> None:
    tenant = bench.tenant()
    can = tenant.capabilities
    sizes = [size for size in {can.members_at_create, *can.member_batches} if 0 < size <= QUICK]
    people = tenant.people(max(sizes, default=1) + 1)
    for size in sorted(sizes):
        for wanted in (size - 1, size, size + 1):
            with about(f"{wanted} members"):
                key, name = f"key-{size}-{wanted}", f"Group {size} {wanted}"
                plan = tenant.plan(name, people[:wanted], key=key)

                outcomes = tenant.done(tenant.adapter.create_group(plan))

                (group,) = tenant.named(name)
                assert sorted(added(outcomes)) == sorted(people[:wanted])
                assert sorted(group.member_ids) == sorted(people[:wanted])


@check
def members_beyond_one_call_are_told_call_by_call(bench: Bench) -> None:
    """So an engine that is killed between two calls knows what was done."""
    tenant = bench.tenant()
    sizes = [size for size in tenant.capabilities.member_batches if size <= QUICK]
    if not sizes:
        return
    people = tenant.people(2 * max(sizes) + 1)
    group = tenant.add_group("Everybody")
    told: list[str] = []

    for outcome in tenant.steps(tenant.adapter.change_members(group, add=people, remove=[])):
        told += outcome.added
        assert sorted(tenant.members(group)) == sorted(told)
