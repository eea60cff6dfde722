"""The Data Rights Protocol: requests that authorised agents bring, signed, for people."""
