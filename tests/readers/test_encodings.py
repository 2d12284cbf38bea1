"""Texts that do not say their encoding: read rightly, or refused, and what was guessed is said."""

from __future__ import annotations

import codecs
import gzip
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import FileError
from qa.readers.encoding import guessed_encoding
from qa.readers.html import read_html
from qa.readers.markdown import read_markdown
from qa.readers.text import decode, read_text

ENGLISH = "The mayor opened the new bridge on Monday, and most of the town came to see it. It had taken four years."
WRITTEN = {
    "French": "Après l’été, la mairie a décidé de rénover l’école du village. Les "
    "élèves mangeront à la cantine dès février, où le chauffage a été réparé.",
    "German": "Die Brücke über den Fluß wurde im März eröffnet. Nach der Prüfung dürfen "
    "größere Fahrzeuge wieder täglich hinüber; für Fußgänger bleibt sie gesperrt.",
    "Spanish": "El niño perdió su mochila en la estación. ¿Quién la encontró? Una señora la "
    "llevó al día siguiente a la oficina de objetos perdidos, según nos contó él.",
    "Portuguese": "A reunião começou às nove e não terminou antes do almoço. A comissão aprovará "
    "o relatório até à próxima terça-feira, após as correções do secretário.",
    "Italian": "La città ha già pagato metà dei lavori. Il ponte sarà pronto più tardi, "
    "perché è mancato il materiale; così la festa è stata rinviata a lunedì.",
    "Swedish": "Färjan går från ön två gånger om dagen. På vintern är det för hårt "
    "väder, så då åker många över isen i stället och möts på andra sidan sjön.",
    "Danish": "Færgen sejler til øen to gange om dagen. Når det blæser for meget, må "
    "børnene blive hjemme fra skolen og læse på egen hånd, indtil båden igen går.",
    "Polish": "Książka, którą pożyczyłem, leży już na półce. Proszę oddać ją przed końcem "
    "miesiąca, ponieważ następna osoba czeka na nią od świąt i chciałaby się z niej uczyć.",
    "Czech": "Příští schůze se bude konat ve čtvrtek večer. Předseda říká, že účetní uzávěrka "
    "ještě není hotová, ale že ji všichni členové dostanou včas před hlasováním.",
    "Hungarian": "A könyvtár hétfőn zárva lesz, mert a tetőt javítják. Az olvasók kérhetik, "
    "hogy a határidőt meghosszabbítsák; ezt telefonon vagy űrlapon is megtehetik.",
    "Russian": "Новый мост через реку открыли в понедельник утром. Работы продолжались "
    "четыре года, и почти все жители города пришли посмотреть на праздник.",
    "Ukrainian": "Новий міст через річку відкрили в понеділок уранці. Роботи тривали "
    "чотири роки, і майже всі мешканці міста прийшли подивитися на це свято.",
    "Bulgarian": "Новият мост над реката беше открит в понеделник сутринта. Строежът "
    "продължи четири години и почти целият град дойде да види празника.",
    "Greek": "Η νέα γέφυρα άνοιξε τη Δευτέρα το πρωί. Τα έργα κράτησαν τέσσερα "
    "χρόνια και σχεδόν όλοι οι κάτοικοι της πόλης ήρθαν να δουν τη γιορτή.",
    "Turkish": "Yeni köprü pazartesi sabahı açıldı. Çalışmalar dört yıl sürdü ve şehrin "
    "neredeyse bütün sakinleri ırmağın kıyısına gelip açılış törenini izledi.",
    "Hebrew": "הגשר החדש נפתח ביום שני בבוקר. העבודות נמשכו ארבע שנים "
    "וכמעט כל תושבי העיר באו לראות את החגיגה על שפת הנהר.",
    "Arabic": "افتتح الجسر الجديد صباح يوم الاثنين. استمرت الأعمال أربع "
    "سنوات وجاء معظم سكان المدينة لمشاهدة الاحتفال على ضفة النهر.",
    "Lithuanian": "Naujasis tiltas per upę buvo atidarytas pirmadienio rytą. Darbai truko ketverius metus, "
    "tad beveik visi miesto gyventojai atėjo pažiūrėti šventės, kuri džiugino ir vaikus.",
    "Thai": "สะพานใหม่เปิดเมื่อเช้าวันจันทร์ งานก่อสร้างใช้เวลาสี่ปี และชาวเมืองเกือบทั้งหมดมาดูพิธีเปิดที่ริมแม่น้ำ",
    "Japanese": "新しい橋は月曜日の朝に開通しました。工事には四年かかり、"
    "町の人はほとんどみんな川岸に集まって、お祭りのような式を見ました。",
    "Korean": "새 다리는 월요일 아침에 열렸습니다. 공사는 사 년이 걸렸고, "
    "마을 사람들은 거의 모두 강가에 나와 잔치를 구경했습니다.",
    "simplified Chinese": "新桥在星期一早上通车了。工程用了四年的时间，"
    "城里的人几乎都到河边来看这个热闹的仪式，孩子们也很高兴。",
    "traditional Chinese": "新橋在星期一早上通車了。工程用了四年的時間，"
    "城裡的人幾乎都到河邊來看這個熱鬧的儀式，孩子們也很高興。",
}  # fmt: skip
CASES = [
    *((language, "windows-1252") for language in list(WRITTEN)[:7]),
    ("French", "macintosh"),
    ("German", "cp850"),
    *((language, "windows-1250") for language in ("Polish", "Czech", "Hungarian")),
    ("Polish", "ISO-8859-2"),
    *((language, "windows-1251") for language in ("Russian", "Ukrainian", "Bulgarian")),
    ("Russian", "KOI8-R"),
    ("Ukrainian", "KOI8-U"),
    ("Russian", "cp866"),
    ("Russian", "ISO-8859-5"),
    ("Greek", "windows-1253"),
    ("Turkish", "windows-1254"),
    ("Hebrew", "windows-1255"),
    ("Arabic", "windows-1256"),
    ("Lithuanian", "windows-1257"),
    ("Thai", "cp874"),
    ("Japanese", "cp932"),
    ("Japanese", "EUC-JP"),
    ("Korean", "cp949"),
    ("simplified Chinese", "GB18030"),
    ("traditional Chinese", "Big5-HKSCS"),
]


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_text_in_an_old_encoding_is_read_and_its_encoding_said(language: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(WRITTEN[language].encode(encoding))
    extract = read_text(path.read_bytes(), path.name)
    said = extract.notes[0].removeprefix("Read as ").partition(":")[0]
    assert extract.text == WRITTEN[language]
    assert path.read_text(encoding=said) == extract.text
    assert extract.notes == (f"Read as {encoding}: its encoding is not said, and it is not UTF-8.",)


# Without Lithuanian, whose letter ė is a Dutch ë in windows-1252, and one letter may be all that there is.
@pytest.mark.parametrize(("language", "encoding"), [case for case in CASES if case[0] != "Lithuanian"])
def test_a_short_text_is_read_rightly_or_refused(language: str, encoding: str) -> None:
    written = WRITTEN[language]
    right = 0
    for begin in range(0, len(written) - 40, 5):
        piece = written[begin : begin + 40]
        if piece.isascii():
            continue
        guess = guessed_encoding(piece.encode(encoding))
        assert guess is None or piece.encode(encoding).decode(guess) == piece
        right += guess is not None
    assert right


@pytest.mark.parametrize(
    "sign",
    [
        "it’s",
        "“so-called”",
        "1990–1995",
        "café",
        "£5",
        "20 °C",
        "5 €",
        "Zürich",
        "naïve",
        "São Paulo",
        "½ mile",
        "©",
    ],
)
def test_one_sign_in_english_is_enough(sign: str) -> None:
    text = f"{ENGLISH} {sign} was there."
    assert decode(text.encode("cp1252")) == (
        text,
        ("Read as windows-1252: its encoding is not said, and it is not UTF-8.",),
    )


def test_markdown_is_read_the_same_way() -> None:
    text = f"---\ntitle: Übersicht\n---\n# Prüfung\n\n{WRITTEN['German']}\n"
    extract = read_markdown(text.encode("cp1252"), "a.md")
    assert extract.text == text
    assert (extract.title, extract.headings[0].text) == ("Übersicht", "Prüfung")
    assert "windows-1252" in extract.notes[0]


def test_a_long_text_is_judged_by_parts_of_it() -> None:
    for separator in ("\n", " ", ""):
        text = (ENGLISH + separator) * 3000 + (WRITTEN["Russian"] + separator) * 300
        assert decode(text.encode("cp1251"))[0] == text
        text = ENGLISH * 3000 + separator.join([WRITTEN["Japanese"]] * 300)
        assert decode(text.encode("cp932"))[0] == text


def test_line_ends_are_those_of_open() -> None:
    text = WRITTEN["French"]
    assert decode(f"{text}\r\n\r{text}\r".encode("cp1252"))[0] == f"{text}\n\n{text}\n"


@pytest.mark.parametrize(("language", "encoding"), [*CASES, ("French", "UTF-16LE"), ("German", "UTF-16BE")])
@pytest.mark.parametrize("says", ["", "<meta charset=utf-8>"])
def test_a_page_that_does_not_say_its_encoding_is_read_in_the_same(language: str, encoding: str, says: str) -> None:
    page = f"<html><head>{says}<title>News</title></head><body><h1>News</h1>\n<p>{WRITTEN[language]}\n<p>{ENGLISH}"
    if says and encoding.startswith("UTF-16"):
        return  # what a page says in wide letters cannot be read
    extract = read_html(page.encode(encoding), "a.html")
    assert extract.text == f"News\n\n{WRITTEN[language]}\n\n{ENGLISH}"
    how = "It says that it is written in utf-8, but is not" if says else "It does not say how it is written"
    assert extract.notes == (f"{how}: it was read as {encoding}.",)


def test_a_page_whose_letters_suggest_nothing_is_read_as_browsers_read_it() -> None:
    extract = read_html(b"<p>\x80\x9f\xff\xfe\xd8 x", "a.html")
    assert extract.text == "€Ÿÿþ\u00d8 x"
    assert extract.notes == ("It does not say how it is written: it was read as windows-1252.",)


# --- what is not guessed


@pytest.mark.parametrize("language", list(WRITTEN))
def test_a_damaged_utf8_text_is_refused_at_its_damage(language: str) -> None:
    data = WRITTEN[language].encode()
    at = next(at for at in range(len(data) // 2, len(data)) if data[at] > 0x7F)
    for damaged in (
        data[:at] + b"\xff" + data[at + 1 :],
        data[:at] + b"x" + data[at + 1 :],
        data[:at] + b"\xe9" + data[at:],
    ):
        with pytest.raises(FileError, match=r"it is not valid UTF-8: byte 0x[89a-f][0-9a-f] at \d+\. Save it as UTF-8"):
            decode(damaged)


def test_a_mix_of_utf8_and_an_old_encoding_is_refused() -> None:
    text = WRITTEN["French"]
    with pytest.raises(FileError, match="not valid UTF-8"):
        decode(text.encode() + text.encode("cp1252"))


@pytest.mark.parametrize("seed", range(20))
def test_binary_data_is_no_text(seed: int) -> None:
    noise = random.Random(seed).randbytes(3000).replace(b"\0", b"")
    for data in (noise, bytes(byte | 0x80 for byte in noise), gzip.compress(noise, mtime=0)):
        with pytest.raises(FileError):
            decode(data)


@pytest.mark.parametrize("encoding", ["cp037", "cp737", "cp862", "johab", "utf-7", "hz"])
def test_an_encoding_that_nobody_asks_for_gives_no_wrong_reading(encoding: str) -> None:
    language = {"cp037": "German", "cp737": "Greek", "cp862": "Hebrew", "johab": "Korean", "hz": "simplified Chinese"}
    data = WRITTEN[language.get(encoding, "French")].encode(encoding, "ignore")
    assert guessed_encoding(data) is None


# --- UTF-16 without a mark


@pytest.mark.parametrize("encoding", ["UTF-16LE", "UTF-16BE"])
@pytest.mark.parametrize("language", ["French", "German", "Polish", "Czech", "Turkish"])
def test_wide_characters_need_no_mark(encoding: str, language: str) -> None:
    text = f"{WRITTEN[language]}\n{ENGLISH}\n"
    assert decode(text.encode(encoding)) == (
        text,
        (f"Read as {encoding}: its encoding is not said, and it is not UTF-8.",),
    )


@pytest.mark.parametrize(
    "data",
    [
        b"abc\0",
        b"abc\0def\0",
        b"a\0b\0c\0\0d",  # NUL on both sides
        b"a\0b\0c",
        "ab".encode("utf-32-le"),
        b"\x01\0\x02\0\x03\0\x04\0",  # numbers
        ENGLISH.encode().replace(b" ", b"\0"),
    ],
)
def test_nul_among_letters_is_a_binary_file(data: bytes) -> None:
    with pytest.raises(FileError, match="NUL characters, so it is a binary file"):
        decode(data)


# --- always


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_the_name_that_is_said_decodes_the_file(data: bytes) -> None:
    try:
        text, notes = decode(data)
    except FileError:
        return
    if notes:
        said = notes[0].removeprefix("Read as ").partition(":")[0]
        assert codecs.lookup(said)
        assert text == data.decode(said).replace("\r\n", "\n").replace("\r", "\n")
    assert "\0" not in text
    assert text.encode().decode() == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
@settings(deadline=None)
def test_utf8_is_never_guessed(text: str) -> None:
    assert decode(text.encode("utf-8-sig"))[1] == ()
    assert decode(text.encode())[1] == () or text.startswith("\ufeff")


def test_a_guess_takes_no_longer_for_a_long_file() -> None:
    def seconds(copies: int) -> float:
        data = (ENGLISH.encode() + b" " + WRITTEN["French"].encode("cp1252") + b"\n") * copies
        begin = time.process_time()
        assert guessed_encoding(data) == "windows-1252"
        return time.process_time() - begin

    assert seconds(40_000) < 5 * min(seconds(1000), seconds(1000)) + 0.5
