"""The form that asks who one is. It works without the portal's scripts, and looks like its pages where they are."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

if TYPE_CHECKING:
    from jinja2 import Template

_ONWARD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lazulite</title>
<meta http-equiv="refresh" content="0; url={{ wanted }}"></head>
<body><p><a href="{{ wanted }}">Go on</a></p></body></html>
"""
_FORM = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Log in · Lazulite</title>
  <link rel="icon" href="/static/lazulite.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/static/portal.css">
  <link rel="stylesheet" href="/static/login.css">
</head>
<body class="login">
  <main id="main">
    <h1>Lazulite</h1>
    {% if problem %}<p class="problem" role="alert">{{ problem }}</p>{% endif %}
    <form method="post" action="/login">
      <input type="hidden" name="next" value="{{ wanted }}">
      <fieldset>
        <legend>Log in</legend>
        <label for="name">Name</label>
        <input id="name" name="name" value="{{ name }}" autocomplete="username" autocapitalize="none" spellcheck="false"
          maxlength="128"{% if not name %} autofocus{% endif %}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024"
          {%- if name %} autofocus{% endif %}>
        <button type="submit">Log in</button>
      </fieldset>
    </form>
    <details>
      <summary>With a token</summary>
      <form method="post" action="/login">
        <input type="hidden" name="next" value="{{ wanted }}">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="off" spellcheck="false" maxlength="16384">
        <button type="submit">Log in</button>
        <p>A personal token, or on the server's own machine the text of the file <code>token</code> in its home folder.</p>
      </form>
    </details>
  </main>
</body>
</html>
"""


def answer(wanted: str, problem: str = "", name: str = "", status: int = 200) -> Response:
    """The form.

    Args:
        wanted: Where to go afterwards, a path of this server.
        problem: What was wrong with what was filled in before.
        name: The name that was filled in.
        status: Of the answer.
    """
    return HTMLResponse(_template(_FORM).render(wanted=wanted, problem=problem, name=name[:128]), status)


def onward(wanted: str) -> str:
    """A page that sends the browser on to a path of this server."""
    return _template(_ONWARD).render(wanted=wanted)


@cache
def _template(text: str) -> Template:
    from jinja2 import Environment

    return Environment(autoescape=True).from_string(text)
