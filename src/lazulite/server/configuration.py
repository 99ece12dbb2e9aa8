"""What `lazulite serve` is told: by a file, by environment variables, by its command line.

Of an option that is given several times, the last of these counts:

1. its default, as in `Configuration`;
2. the file: YAML, `--config FILE`, else `<home>/server.yaml` if it exists;
3. the environment: `LAZULITE_SERVE_` and the option in capitals (`LAZULITE_SERVE_PUBLIC_URL`); several values are
   separated by commas; of `oidc` each entry is a variable (`LAZULITE_SERVE_OIDC_ISSUER`);
4. the command line.

An option that does not exist is an error, wherever it stands: it would have been meant to do something.
"""

from __future__ import annotations

import difflib
import ipaddress
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lazulite.model.errors import InvalidRequest, NotFound, StorageError
from lazulite.server.auth.issuer import issuers
from lazulite.server.auth.rules import Rules
from lazulite.server.settings import Settings

FILE = "server.yaml"
PREFIX = "LAZULITE_SERVE_"
_MIB = 1 << 20


@dataclass(frozen=True)
class Configuration:
    """The options, by the names that stand in the file."""

    #: Where to listen.
    host: str = "127.0.0.1"
    port: int = 8430
    #: Where the records are, if not in the home folder: postgresql://user:password@host/name.
    database_url: str = ""
    #: What users reach the server by, where a proxy stands before it: https://lazulite.example.org.
    public_url: str = ""
    #: Names that requests may call the server by; that of `public_url` and of this machine are among them.
    allowed_hosts: tuple[str, ...] = ()
    #: Other sites whose pages may call it.
    allowed_origins: tuple[str, ...] = ()
    #: Addresses of proxies whose X-Forwarded-For and -Proto are believed.
    trusted_proxies: tuple[str, ...] = ()
    max_body_mb: int = 64
    max_file_mb: int = 64 * 1024
    #: How long requests may take to end when the server stops.
    grace_seconds: int = 20
    #: How long a browser that logged in stays so, and how long the log of changes is kept (0: for ever).
    session_days: int = 14
    audit_days: int = 400
    #: The issuer of bearer tokens: issuer, audience and so on.
    oidc: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_for_this_machine_only(self) -> bool:
        """Whether nobody outside can connect."""
        return is_loopback(self.host)

    @property
    def url(self) -> str:
        """What the server is reached by, as far as is known here."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def rules(self) -> Rules:
        """How long proofs last."""
        return Rules(session_days=self.session_days, audit_days=self.audit_days)

    def settings(self) -> Settings:
        """What the application is told of it."""
        named = [self.host, urlsplit(self.public_url).hostname or ""]
        names = [name for name in named if name and name not in ("0.0.0.0", "::")]  # noqa: S104 - those are no names
        return Settings(
            allowed_hosts=tuple(dict.fromkeys((*Settings.allowed_hosts, *names, *self.allowed_hosts))),
            allowed_origins=self.allowed_origins,
            max_body_bytes=self.max_body_mb * _MIB,
            max_file_bytes=self.max_file_mb * _MIB,
            public_url=self.public_url.rstrip("/"),
        )


def load(home: Path, file: Path | None, environment: Mapping[str, str], **given: Any) -> Configuration:
    """Return the configuration of a server.

    Args:
        home: The home folder.
        file: What was given as `--config`.
        environment: The environment variables.
        given: Options of the command line; None for those that were not given.

    Raises:
        NotFound: `file` does not exist.
        StorageError: it cannot be read.
        InvalidRequest: an option does not exist or has a value it cannot have; the message says where it stands.
    """
    configuration = Configuration()
    for source, options in ((_file(home, file), _in_file(home, file)), ("the environment", _in(environment))):
        configuration = replace(configuration, **_checked(source, options))
    configuration = replace(configuration, **{name: one for name, one in given.items() if one is not None})
    _check(configuration)
    return configuration


def is_loopback(host: str) -> bool:
    """Whether that host is this machine's own inner address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _file(home: Path, file: Path | None) -> str:
    return str(file or home / FILE)


def _in_file(home: Path, file: Path | None) -> dict[str, Any]:
    import yaml

    where = Path(_file(home, file))
    try:
        text = where.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if file is None:
            return {}
        raise NotFound(f"The configuration file {where} does not exist.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"The configuration file {where} cannot be read: {error}.") from error
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f", line {place.line + 1}" if place else ""
        raise InvalidRequest(
            f"{where}{line} is not YAML. Expected lines such as 'port: 8430'."
        ) from None  # the text may hold a password
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise InvalidRequest(f"{where} holds no options. Expected lines such as 'port: 8430'.")
    return {str(name): value for name, value in data.items()}


def _in(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        option = name.removeprefix(PREFIX).lower()
        outer, _, inner = option.partition("_")
        if outer == "oidc" and inner:
            found.setdefault("oidc", {})[inner] = value
        else:
            found[option] = value
    return found


def _checked(source: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with values of their types."""
    hints = typing.get_type_hints(Configuration)
    names = [one.name for one in fields(Configuration)]
    checked = {}
    for name, value in options.items():
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(names)}."
            raise InvalidRequest(f"There is no option {name!r} (in {source}). {hint}", option=name)
        if value is not None:
            checked[name] = _converted(source, name, value, hints[name])
    return checked


def _converted(source: str, name: str, value: Any, kind: Any) -> Any:
    if kind is int and isinstance(value, (int, str)) and not isinstance(value, bool):
        try:
            return int(value)
        except ValueError:
            pass
    if kind is str and isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value).strip()
    if kind == tuple[str, ...] and isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if kind == tuple[str, ...] and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if typing.get_origin(kind) is Mapping and isinstance(value, dict):
        return {str(key): one for key, one in value.items()}
    expected = {int: "a whole number", str: "text", tuple[str, ...]: "a list of texts"}.get(
        kind, "options below it"
    )
    shown = "" if name == "database_url" else f" {value!r}"
    raise InvalidRequest(f"The option {name!r} (in {source}) is{shown}. Expected {expected}.", option=name)


def _check(configuration: Configuration) -> None:
    """Refuse values that cannot work, before anything listens."""
    if not 0 <= configuration.port < 1 << 16:
        raise InvalidRequest(
            f"The port {configuration.port} does not exist. Expected 1 to 65535, or 0 for any."
        )
    issuers(configuration.oidc)
    if configuration.session_days < 1 or configuration.audit_days < 0:
        raise InvalidRequest("session_days is at least 1, and audit_days at least 0 (for ever).")
    parts = urlsplit(configuration.public_url)
    if configuration.public_url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise InvalidRequest(
            f"public_url is {configuration.public_url!r}. Expected what users type, such as "
            "https://lazulite.example.org."
        )
    if parts.path.strip("/"):
        raise InvalidRequest(
            f"public_url is {configuration.public_url!r}, a path below another site. The portal needs a host name of its "
            "own, such as https://lazulite.example.org."
        )
    for proxy in configuration.trusted_proxies:
        try:
            ipaddress.ip_network(proxy, strict=False)
        except ValueError:
            raise InvalidRequest(
                f"{proxy!r} in trusted_proxies is no address. Expected addresses such as 10.0.0.7 or 10.0.0.0/24."
            ) from None
    everywhere = configuration.host in ("0.0.0.0", "::")  # noqa: S104 - it is asked for
    if everywhere and not configuration.allowed_hosts and not configuration.public_url:
        raise InvalidRequest(
            f"The server is to listen on all addresses ({configuration.host}), and nothing says by which name it is "
            "called. Set public_url, or allowed_hosts: requests that call it otherwise are refused."
        )
