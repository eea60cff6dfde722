"""The people who work at the desk: sign-in, second factors, sessions, limits, and who manages them.

``actions`` is what other rooms use. The pages lie in ``sign_in``, ``account`` and ``managing``;
``identity.views`` registers them.
"""
