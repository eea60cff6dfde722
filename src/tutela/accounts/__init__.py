"""Accounts: what a person's registration opened, what is missing in it, and how they end it.

A form of a collection point of the kind ``account`` opens one. The values lie in the vault like
those of every form; here stand only opaque rows: since when, by which record, which documents
were accepted, which tokens of the operator's own products are alive, and who guards a child.
"""
