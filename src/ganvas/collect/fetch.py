"""HTTP requests within limits of rate, size and time, never to private networks unless allowed."""

from __future__ import annotations

import asyncio
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import NamedTuple
from urllib.parse import urljoin
from urllib.request import getproxies, proxy_bypass

from ganvas.collect.rate_limit import Clock, RateLimiter, RealClock, back_off, retry_after
from ganvas.errors import UserError
from ganvas.version import __version__

try:
    import bs4  # noqa: F401 - all of the extra, or none
    import httpx
except ImportError:
    raise UserError("Collecting needs the extra: pip install 'ganvas[collect]'.") from None

from ganvas.collect.addresses import NoSuchHostError, PrivateAddressError, PublicTransport, is_local_name

HOMEPAGE = "https://ganvas.github.io/ganvas"
AGENT = "Ganvas"  # the product token in robots.txt
_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PRIVATE = "an address of this machine or its network (--private allows these)"


class FetchError(Exception):
    """A request that failed; the message is a short phrase for a table, the same for failures of one kind.

    Attributes:
        lasting: repeating the request later is unlikely to help.
        status: HTTP status of the answer, if there was one.
    """

    def __init__(self, reason: str, *, lasting: bool, status: int | None = None) -> None:
        super().__init__(reason)
        self.lasting = lasting
        self.status = status


class Fetched(NamedTuple):
    """The content of an address."""

    url: str  # after redirects
    content: bytes
    etag: str | None
    last_modified: str | None
    headers: httpx.Headers


@dataclass(frozen=True)
class Limits:
    """Limits of the requests for one address."""

    size: int = 20_000_000  # bytes, on the wire and unpacked
    seconds: float = 60.0  # for one request, from the first byte sent to the last received
    redirects: int = 5
    attempts: int = 4
    max_wait: float = 120.0  # the longest Retry-After, in seconds, that is waited for


Allowed = Callable[[str], Awaitable[bool]]


def check_address(url: str) -> httpx.URL:
    """An address that may be requested.

    Raises:
        FetchError: it is no address, not http or https, or holds a user name.
    """
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError, TypeError):
        raise FetchError("not an http or https address", lasting=True) from None
    if parsed.scheme not in ("http", "https") or not re.fullmatch(rb"[\w.-]+|[0-9a-fA-F:.]+(%25\w+)?", parsed.raw_host):
        raise FetchError("not an http or https address", lasting=True)
    if parsed.userinfo:
        raise FetchError("an address with a user name or password in it", lasting=True)
    return parsed.copy_with(fragment=None)


def host_of(url: str | httpx.URL) -> str:
    """The host and port, by which rate limits are counted."""
    parsed = httpx.URL(url)
    return parsed.netloc.decode("ascii", "replace")


class Fetcher:
    """An HTTP client with one request per host at a time, at a limited rate; use it as an async context manager.

    Args:
        private: allow addresses of this machine and of private networks. They are refused otherwise, because a
            page or a redirect could lead there unintentionally.
        contact: a mail address for the owners of hosts, sent with every request.
        asked: called with the bytes received after each request.
    """

    def __init__(
        self,
        pace: RateLimiter | None = None,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        private: bool = False,
        contact: str | None = None,
        asked: Callable[[int], None] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.clock = clock or RealClock()
        self.pace = pace or RateLimiter(1.0, self.clock)
        self.limits = limits or Limits()
        self.private = private
        self._asked = asked
        self._chance = chance
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._proxies = getproxies()
        about = f"+{HOMEPAGE}" + (f"; {contact}" if contact else "")
        self._headers = {"User-Agent": f"{AGENT}/{__version__} ({about})", "Accept-Encoding": "identity"}
        self._clients: dict[str | None, httpx.AsyncClient] = {}  # by the address of the proxy

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        referer: str | None = None,
        allowed: Allowed | None = None,
        size: int | None = None,
    ) -> Fetched | None:
        """Request an address, repeatedly where that may help.

        Args:
            etag, last_modified: validators of an earlier answer; the host may then answer "not modified".
            allowed: is called before each request, redirects included: whether this address may be requested.
            size: maximum number of bytes, in place of that of ``limits``.

        Returns:
            None when the host answers that it is not modified.

        Raises:
            FetchError: there is no content, or none that may be used.
        """
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified, "Referer": referer}
        given = {name: value for name, value in headers.items() if value}
        attempt = 1
        while True:
            try:
                return await self._follow(check_address(url), given, allowed, size or self.limits.size)
            except _Later as later:
                if attempt >= self.limits.attempts or (later.seconds or 0) > self.limits.max_wait:
                    reason = str(later)
                    if (later.seconds or 0) > self.limits.max_wait:
                        reason = "the host asks for a later request"
                        self.pace.leave(later.host)
                    elif later.silent:
                        self.pace.failed(later.host)
                    raise FetchError(reason, lasting=False) from None
                if later.seconds is not None:
                    self.pace.hold(later.host, later.seconds)
                else:
                    await self.clock.sleep(back_off(attempt, self._chance))
                attempt += 1

    async def _follow(
        self, url: httpx.URL, headers: dict[str, str], allowed: Allowed | None, size: int
    ) -> Fetched | None:
        seen = set()
        for _ in range(self.limits.redirects + 1):
            if self.pace.is_down(host_of(url)):
                raise FetchError("the host does not answer, or asks for no further requests", lasting=False)
            if allowed is not None and not await allowed(str(url)):
                raise FetchError("its robots.txt forbids it", lasting=True)
            seen.add(url)
            answer = await self._request(url, headers, size)
            if not isinstance(answer, httpx.URL):
                return answer
            url = answer
            if url in seen:
                raise FetchError("redirects in a circle", lasting=True)
        raise FetchError(f"redirects more than {self.limits.redirects} times", lasting=True)

    async def _request(self, url: httpx.URL, headers: dict[str, str], size: int) -> Fetched | httpx.URL | None:
        """One request: its content, the address of a redirect, or None for "not modified"."""
        host = host_of(url)
        if not self.private and is_local_name(url.host):  # a proxy would perhaps lead there
            raise FetchError(_PRIVATE, lasting=True)
        async with self._locks[host]:
            await self.pace.turn(host)
            try:
                async with asyncio.timeout(self.limits.seconds):
                    answer = await self._receive(url, headers, size)
            except TimeoutError:
                raise _Later(f"took longer than {self.limits.seconds:g} s", host, silent=True) from None
            except PrivateAddressError:
                raise FetchError(_PRIVATE, lasting=True) from None
            except NoSuchHostError:
                raise _Later("there is no such host", host, silent=True) from None
            except httpx.TimeoutException:
                raise _Later("the host does not answer in time", host, silent=True) from None
            except (httpx.ConnectError, httpx.ProxyError):
                raise _Later("no connection to the host", host, silent=True) from None
            except httpx.TransportError:
                raise _Later("the connection broke", host) from None
            except (httpx.InvalidURL, httpx.HTTPError, UnicodeError, ValueError):
                raise FetchError("the host's answer is invalid", lasting=True) from None
            return answer

    async def _receive(self, url: httpx.URL, headers: dict[str, str], size: int) -> Fetched | httpx.URL | None:
        received = 0
        try:
            async with self._client_for(url).stream("GET", url, headers=headers) as response:
                self.pace.answered(host_of(url))
                status = response.status_code
                if status == 304:
                    return None
                if status in _REDIRECTS and "location" in response.headers:
                    return check_address(urljoin(str(url), response.headers["location"]))
                if status in _TEMPORARY:
                    wait = retry_after(response.headers.get("retry-after"), self.clock.wall())
                    raise _Later(_phrase(status), host_of(url), seconds=wait)
                if status != 200:
                    raise FetchError(_phrase(status), lasting=True, status=status)
                if int_or_zero(response.headers.get("content-length")) > size:
                    raise FetchError(_too_large(size), lasting=True)
                unpack = _Unpacking(response.headers.get("content-encoding", ""), size)
                content = bytearray()
                async for chunk in response.aiter_raw():
                    received += len(chunk)
                    content += unpack(chunk)
                    if len(content) > size or received > size:
                        raise FetchError(_too_large(size), lasting=True)
                said = response.headers
                return Fetched(str(url), bytes(content), said.get("etag"), said.get("last-modified"), said)
        finally:
            if self._asked is not None:
                self._asked(received)

    def _client_for(self, url: httpx.URL) -> httpx.AsyncClient:
        """The client that requests an address: through the proxy of the environment, where one is set for it.

        A proxy resolves names itself, and perhaps only the proxy can, so the addresses behind it cannot be checked.
        """
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        if proxy is None or proxy_bypass(url.host):
            proxy = None
        elif "://" not in proxy:
            proxy = f"http://{proxy}"
        if proxy not in self._clients:
            direct = httpx.AsyncHTTPTransport() if self.private else PublicTransport()
            self._clients[proxy] = httpx.AsyncClient(
                headers=self._headers,
                timeout=httpx.Timeout(20.0, connect=10.0, pool=None),
                follow_redirects=False,
                proxy=proxy,
                transport=direct if proxy is None else None,
            )
        return self._clients[proxy]


class _Later(Exception):  # noqa: N818 - a reason to try again, not yet an error
    def __init__(self, reason: str, host: str, *, seconds: float | None = None, silent: bool = False) -> None:
        super().__init__(reason)
        self.host, self.seconds, self.silent = host, seconds, silent


class _Unpacking:
    """Decoder of a content encoding that was not requested, limited to ``size`` bytes."""

    def __init__(self, encoding: str, size: int) -> None:
        self._size = size
        self._left = size
        named = encoding.strip().lower()
        if named not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError("sent in an encoding that was not requested", lasting=True)
        self._inflate = None if named in ("", "identity") else zlib.decompressobj(zlib.MAX_WBITS | 32)

    def __call__(self, chunk: bytes) -> bytes:
        if self._inflate is None:
            return chunk
        try:
            content = self._inflate.decompress(chunk, self._left + 1)
        except zlib.error:
            raise FetchError("damaged in transfer (its compression)", lasting=True) from None
        self._left -= len(content)
        if self._left < 0:
            raise FetchError(_too_large(self._size), lasting=True)
        return content


def int_or_zero(value: str | None) -> int:
    """The number in a header, or 0 when there is none."""
    return int(value[:18]) if value and value.isascii() and value.isdigit() else 0


def _phrase(status: int) -> str:
    try:
        return f"HTTP {status} ({HTTPStatus(status).phrase.lower()})"
    except ValueError:
        return f"HTTP {status}"


def _too_large(size: int) -> str:
    return f"larger than {size / 1e6:g} MB"
