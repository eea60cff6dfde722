"""What people are shown before they act, and the versions of the policy that they go on under."""
