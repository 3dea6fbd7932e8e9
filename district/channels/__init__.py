"""How messages leave: planned in the relay's transaction, sent outside of any.

plan     writes a Delivery for each person and robot that is to be told, and says when
sender   claims, sends and settles them
letters  writes what people read: subject, text, HTML, short
robots   formats and signatures of WeCom, DingTalk and Feishu; posting and vault serve it
"""

from datetime import timedelta


class SendFailed(Exception):
    """A message did not leave.

    `permanent`: trying again would not help. `pause`: how long the channel wants to be left alone.
    """

    def __init__(
        self,
        code: str,
        text: str = "",
        *,
        permanent: bool = False,
        pause: timedelta | None = None,
    ) -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code
        self.text = text
        self.permanent = permanent
        self.pause = pause
