"""The law of passwords: the profile "modern" (NIST SP 800-63B-4, ASVS 5.0 6.2). Length, no composition rules."""

from __future__ import annotations

from reserve.errors import Problem

MIN_CHARACTERS = 15
MAX_CHARACTERS = 256
MIN_OWN_CHARACTERS = 8
"""Different characters that must remain when well-known words are taken out."""

WELL_KNOWN = """
password passw0rd qwertyuiop qwerty asdfghjkl asdf zxcvbnm letmein welcome iloveyou administrator admin root guest
user login secret changeme default 1234567890 123456789 12345678 1234567 123456 12345 0987654321 654321 abcdef abc123
111111 000000 888888 666666 woaini wodemima mima 5201314
jibei hebei shijiazhuang tangshan qinhuangdao handan xingtai baoding zhangjiakou chengde cangzhou langfang hengshui
xiongan dingzhou xinji gaocheng zhuozhou yingji chubei wuzi cangku reserve emergency depot
冀备 河北 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安 定州 辛集 藁城 涿州
应急 物资 储备 仓库 密码
"""
"""Common passwords, and the words of this trade and province."""


def password_problems(password: str, *, login: str, field: str = "password") -> list[Problem]:
    """What is wrong with a password: too short, too long, or little but well-known words."""
    if len(password) < MIN_CHARACTERS:
        return [Problem("password_too_short", field, f"at least {MIN_CHARACTERS} characters", str(len(password)))]
    if len(password) > MAX_CHARACTERS:
        return [Problem("password_too_long", field, f"at most {MAX_CHARACTERS} characters", str(len(password)))]
    if len(set(_without_well_known(password, login))) < MIN_OWN_CHARACTERS:
        expected = f"at least {MIN_OWN_CHARACTERS} different characters beside well-known words"
        return [Problem("password_well_known", field, expected, "***")]
    return []


def _without_well_known(password: str, login: str) -> str:
    rest = password.casefold()
    words = {*WELL_KNOWN.split(), login, *login.split(".")} - {""}
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest
