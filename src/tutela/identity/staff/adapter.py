"""What allauth asks its surroundings about second factors, answered for Tutela."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from tutela.identity.staff import sealing


class Factors(DefaultMFAAdapter):  # type: ignore[misc] # allauth is not typed
    """Secrets are sealed at rest; a passkey is told an opaque number and the name to sign in."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def _get_site_name(self) -> str:
        return "Tutela"

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.get_username())

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        name = self._get_user_identifier(user)
        asked: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**asked, "display_name": name, "name": name}
