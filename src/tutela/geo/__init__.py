"""Where a person is: only with their permission, only as exactly as the policy says, one place at a
time, and gone when the permission goes. A typed address does instead."""
