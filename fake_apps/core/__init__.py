"""What every fake app stands on: clock, chance, tables, ledger, faults, quirks, limits, one wire.

No vendor word in here. Whatever the second vendor does differently belongs to the vendor.
"""
