"""Text and file names in UTF-8, whatever the locale: on clusters it is often C."""

import locale
import os
import sys


def use_utf8() -> None:
    """Restart this program in Python's UTF-8 mode, if names and text would be encoded otherwise.

    Python 3.11 to 3.13 choose that mode themselves in the C locale, but not in others, nor with ``PYTHONUTF8=0``.
    """
    if sys.flags.utf8_mode or os.environ.get("PYTHONUTF8") == "1":
        return
    if {sys.getfilesystemencoding().lower(), locale.getpreferredencoding(False).lower()} == {"utf-8"}:
        return
    os.environ["PYTHONUTF8"] = "1"
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
