"""A token of each scope, for an administrator: `python -m audit.tokens` prints them as JSON."""

from __future__ import annotations

import json

import django


def main() -> None:
    django.setup()
    from django.contrib.auth import get_user_model  # app ready

    from publishing.tokens import ApiToken  # app ready

    owner = get_user_model().objects.create_superuser("audit")
    tokens = {
        scope: ApiToken.objects.create(name=f"audit {scope}", user=owner, scope=scope)
        for scope in ApiToken.Scope.values
    }
    print(json.dumps({scope: token.secret for scope, token in tokens.items()}))


if __name__ == "__main__":
    main()
