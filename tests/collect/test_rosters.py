"""Class lists as people keep them: columns in several languages, and lists of another class."""

from __future__ import annotations

import pytest

from tests.collect.conftest import notebook, zipped

MOODLE = "{}_123456{}_assignsubmission_file_/02_im2col.ipynb"


def class_of(*names: str) -> bytes:
    return zipped({MOODLE.format(name, n): notebook(name) for n, name in enumerate(names)})


@pytest.mark.parametrize(
    "roster",
    [
        "Matrikelnummer;Vorname;Nachname;E-Mail\n7;Jörg;Weiß;j@x.de\n".encode("utf-16"),
        "Prénom,Nom,Numéro d'étudiant,Adresse de courriel\nJörg,Weiß,7,j@x.de\n".encode(),
        "Nombre;Apellido(s);Número de ID;Dirección de correo\nJörg;Weiß;7;j@x.de\n".encode(
            "cp1252"
        ),
        "学生番号\t姓\t名\tメールアドレス\n7\tWeiß\tJörg\tj@x.de\n".encode(),
    ],
    ids=["German", "French", "Spanish", "Japanese"],
)
def test_columns_in_the_language_of_the_instructor(run, roster):
    outcome = run({"a.zip": class_of("Jörg Weiß")}, rosters=[roster])
    assert outcome.done.problems == ()
    text = (outcome.out / "roster.csv").read_text("utf-8-sig")
    assert text.splitlines()[1] == "Jörg Weiß,7,Jörg Weiß,j@x.de,,,"


@pytest.mark.parametrize(
    "roster",
    ["姓,名\n佐藤,健\n", 'Student,ID,SIS User ID\n"佐藤, 健",1,u1\n'],
    ids=["columns", "Canvas"],
)
def test_where_the_family_name_comes_first_it_stays_first(run, roster):
    outcome = run({"a.zip": class_of("佐藤 健")}, rosters=[roster])
    assert list(outcome.kept) == ["佐藤 健/02_im2col.ipynb"]


def test_columns_without_a_known_name_are_pointed_out(run):
    outcome = run(
        {"a.zip": class_of("Jane Doe")}, rosters=["Imię,Nazwisko,Email\nJane,Doe,j@x.pl\n"]
    )
    (line,) = (one for one in outcome.done.notices if "Imię" in one)
    assert "Not understood: Imię, Nazwisko. Call the columns id,name,email" in line


def test_a_list_of_another_class_is_one_line(run):
    outcome = run(
        {"a.zip": class_of(*(f"Student {n:c}" for n in range(65, 85)))}, rosters=["name\nX Y\n"]
    )
    (line,) = outcome.done.problems
    assert line.startswith(
        "nobody of 20 students is in the roster (Student A, Student B, Student C"
    )


def test_many_who_are_not_in_the_list_are_one_line(run):
    names = [f"Student {n:c}" for n in range(65, 85)]
    outcome = run({"a.zip": class_of(*names)}, rosters=["name\nStudent A\n"])
    (line,) = outcome.done.problems
    assert line.startswith("19 students are not in the roster")


def test_two_of_one_name_are_said_once_and_how_to_tell_them_apart(run):
    outcome = run({"a.zip": class_of("Anna Maier", "Anna Maier")})
    (line,) = (one for one in outcome.done.notices if "several students" in one)
    assert "grading worksheet" in line


def test_an_archive_without_a_notebook_needs_the_instructor(run):
    outcome = run({"photos.zip": zipped({"a/holiday.jpg": b"x"})})
    assert outcome.done.problems == ("no notebook was found. Is it the right download?",)
