"""Visits, counted without anybody: so many on a day, of a page, from a kind of device.

No table, call or answer has a place for an identifier, and every word is from a closed list, so
nothing that a site sends by mistake can be kept here.
"""
