"""Tables of marks as platforms hand them out: made up, each in its platform's form, for names in several scripts."""

from __future__ import annotations

from dataclasses import dataclass

ROSTER = """\
id,first_name,last_name,email,canvas,moodle
ada,Ada,Lovelace,ada@uni.example,101,201
ben,Ben,"O'Neil, Jr.",ben@uni.example,102,202
cleo,Cléo,"Müller ""Mo""\",cleo@uni.example,103,203
dang,Đặng,Nguyễn,dang@uni.example,104,204
eve,Eve,Eden,eve@uni.example,105,205
fay,=HYPERLINK(1),Fox,fay@uni.example,106,206
li,小龙,李,li@uni.example,107,207
"""
"""Everybody: of `ada`, `ben` and `cleo` there are marks, and of `li`; `dang` waits, `eve` has no score, `fay` did nothing."""


@dataclass(frozen=True)
class Download:
    """A file of a platform: which, what it says, how it is written, and what the unit is worth there (None if it does not say).

    It `lacks_somebody` if there is no line for one of those who have a mark.
    """

    platform: str
    text: str
    possible: float | None = 6.0
    encoding: str = "utf-8"
    end: str = "\n"
    name: str = "grades.csv"
    lacks_somebody: bool = False

    @property
    def data(self) -> bytes:
        """The file."""
        return self.text.replace("\n", self.end).encode(self.encoding)


_CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Warm-up (4314281),"Numbers, twice and three times (4314282)",Current Score
,,,,,,,Manual Posting,(read only)
    Points Possible,,,,,(read only),10.00,6.00,(read only)
"Lovelace, Ada",101,u01,ada,CNN 101 and CNN 102,,9.50,,95.00
"O'Neil, Jr., Ben",102,u02,ben,CNN 101,"late,
ill",1.00,2.00,10.00
"Müller ""Mo"", Cléo",103,u03,cleo@uni.example,CNN 101,,EX,,
"Nguyễn, Đặng",104,u04,dang,CNN 101,,4.00,1.00,
"Eden, Eve",105,u05,eve,CNN 101,,,1.00,
"Fox, =HYPERLINK(1)",106,u06,fay,CNN 101,,,,
"李, 小龙",107,u07,li,CNN 101,,10.00,5.00,
"Zed, Zoe",999,u99,zed,CNN 102,=1+1,,3.00,30.00
"Student, Test",1299,,6f1ed002ab559586,CNN 101,,,,
"""

_CANVAS_APART = """\
LastName;FirstName;ID;SIS User ID;SIS Login ID;Integration ID;Root Account;Section;\
Numbers, twice and three times (4314282);Final Grade
    Points Possible;;;;;;;;100,00;(read only)
Lovelace;Ada;101;u01;ada;;canvas.example;CNN 101;99,50;A
O'Neil, Jr.;Ben;102;u02;ben;;canvas.example;CNN 101;;F
"Müller ""Mo""\";Cléo;103;u03;cleo;;canvas.example;CNN 101;;
Nguyễn;Đặng;104;u04;dang;;canvas.example;CNN 101;N/A;
李;小龙;107;u07;li;;canvas.example;CNN 101;;
"""

_CANVAS_SAVED = """\
Student;ID;SIS Login ID;Section;scaling (4314282)
    Points Possible;;;;6
Lovelace, Ada;101;ada;CNN 101;
O'Neil, Jr., Ben;102;ben;CNN 101;2
"Müller ""Mo"", Cléo";103;cleo;CNN 101
;;;;
"""

_WORKSHEET = """\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (submission)","Online text","Last modified (grade)","Feedback comments"
"Participant 201","Ada Lovelace",u01,ada@uni.example,"Submitted for grading - ",,6.00,Yes,"Sunday, 1 March 2026, 10:00 AM",,-,
"Participant 202","Ben O'Neil, Jr.",u02,ben@uni.example,"Submitted for grading - ",2.00,6.00,Yes,-,"<p>one,
two</p>",-,"<p>""late""</p>"
"Participant 203","Cléo Müller ""Mo""\",u03,cleo@uni.example,"Submitted for grading - ",,6.00,Yes,-,,-,
"Participant 204","Đặng Nguyễn",u04,dang@uni.example,"Submitted for grading - ",,6.00,Yes,-,,-,
"Participant 206","=HYPERLINK(1) Fox",u06,fay@uni.example,"No submission - ",,6.00,Yes,-,,-,
"Participant 207","小龙 李",u07,li@uni.example,"Submitted for grading - ",,6.00,Yes,-,,-,
"""

_WORKSHEET_GERMAN = """\
ID,"Vollständiger Name",E-Mail-Adresse,Status,Gruppe,Bewertung,Bestwertung,"Bewertung kann geändert werden",\
"Zuletzt geändert (Bewertung)","Feedback als Kommentar"
"Teilnehmer/in201","Ada Lovelace",ada@uni.example,"Zur Bewertung abgegeben",A,,"6,00",Ja,-,
"Teilnehmer/in202","Ben O'Neil, Jr.",ben@uni.example,"Zur Bewertung abgegeben",A,"2,00","6,00",Ja,-,
"Teilnehmer/in203","Cléo Müller ""Mo""\",cleo@uni.example,"Keine Abgabe",A,,"6,00",Ja,-,
"Teilnehmer/in207","小龙 李",li@uni.example,"Zur Bewertung abgegeben",B,,"6,00",Ja,-,
"""

_WORKSHEET_BLIND = """\
識別子,ステータス,評点,最大評点,評点を変更することができます。,最終更新日時 (評点),フィードバックコメント
参加者201,評定のために提出済み,,100.00,Yes,-,
参加者202,評定のために提出済み,30.00,100.00,Yes,-,
参加者203,評定のために提出済み,,100.00,Yes,-,
参加者207,評定のために提出済み,,100.00,Yes,-,
"""

_GRADEBOOK = """\
"First name","Last name","ID number",Institution,Department,"Email address","Assignment: Warm-up (Real)",\
"Assignment: Numbers, twice and three times (Real)","Assignment: Numbers, twice and three times (Percentage)",\
"Course total (Real)","Last downloaded from this course"
Ada,Lovelace,u01,,,ada@uni.example,9.50,-,-,9.50,1772960400
Ben,"O'Neil, Jr.",u02,,,ben@uni.example,1.00,2.00,"33.33 %",3.00,1772960400
Cléo,"Müller ""Mo""\",u03,,,cleo@uni.example,-,-,-,-,1772960400
小龙,李,u07,,,li@uni.example,10.00,-,-,10.00,1772960400
"""

_GRADEBOOK_FRENCH = """\
Prénom,"Nom de famille","Numéro d'identification","Adresse de courriel","Devoir : scaling (Brut)","Total du cours (Brut)"
Ada,Lovelace,u01,ada@uni.example,-,"9,50"
Ben,"O'Neil, Jr.",u02,ben@uni.example,"2,00","3,00"
Cléo,"Müller ""Mo""\",u03,cleo@uni.example,-,-
小龙,李,u07,li@uni.example,-,"10,00"
"""

_BLACKBOARD = """\
"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t\
"Weighted Total [Total Pts: up to 16 Score] |71"\t"Warm-up [Total Pts: 10 Score] |72"\t\
"Numbers, twice and three times [Total Pts: 6 Score] |73"
"Lovelace"\t"Ada"\t"ada"\t"u01"\t"2026-05-06 12:31:11"\t"Yes"\t"9.5"\t"9.50"\t"Needs Grading"
"O'Neil, Jr."\t"Ben"\t"ben"\t"u02"\t"2026-05-06 12:31:11"\t"Yes"\t"3"\t"1"\t"2.00"
"Müller ""Mo""\"\t"Cléo"\t"CLEO"\t"u03"\t""\t"Yes"\t""\t""\t""
"Nguyễn"\t"Đặng"\t"dang"\t"u04"\t""\t"Yes"\t""\t""\t"In Progress"
"李"\t"小龙"\t"li"\t"u07"\t""\t"No"\t"10"\t"10"\t""
"""

_BLACKBOARD_GERMAN = """\
"Nachname","Vorname","Username","Student ID","Letzter Zugriff","Verfügbarkeit","scaling [Gesamtpunkte: 12,0 Ergebnis] |73"
"Lovelace","Ada","ada","u01","","Ja",""
"O'Neil, Jr.","Ben","ben","u02","","Ja","4,50"
"Müller ""Mo""\","Cléo","cleo","u03","","Ja",""
"李","小龙","li","u07","","Ja",""
"""

_BRIGHTSPACE = """\
OrgDefinedId,Username,Last Name,First Name,Email,\
Warm-up Points Grade <Numeric MaxPoints:10 Weight:5 Category:Units CategoryWeight:50>,\
"Numbers, twice and three times Points Grade <Numeric MaxPoints:6 Weight:10 Category:Units CategoryWeight:50>",\
Calculated Final Grade Numerator,Calculated Final Grade Denominator,Adjusted Final Grade Numerator,End-of-Line Indicator
#u01,#ada,Lovelace,Ada,ada@uni.example,9.5,,9.5,16,,#
#u02,#ben,"O'Neil, Jr.",Ben,ben@uni.example,1,2,3,16,,#
#u03,#cleo,"Müller ""Mo""\",Cléo,cleo@uni.example,,,,16,,#
#u04,#dang,Nguyễn,Đặng,dang@uni.example,,4,,16,,#
#u07,#li,李,小龙,li@uni.example,10,,10,16,,#
"""

_BRIGHTSPACE_BARE = """\
Username,scaling Points Grade,End-of-Line Indicator
ada,,#
ben,2,#
cleo,,#
li,,#
"""

DOWNLOADS = {
    "canvas": Download("canvas", _CANVAS),
    "canvas, names apart": Download("canvas", _CANVAS_APART, 100.0, "utf-8-sig", "\r\n"),
    "canvas, saved by a spreadsheet": Download("canvas", _CANVAS_SAVED, 6.0, "cp1252", "\r\n", lacks_somebody=True),
    "moodle, worksheet": Download("moodle", _WORKSHEET, name="Grades-CNN 101-Scaling-4711.csv"),
    "moodle, worksheet in German": Download("moodle", _WORKSHEET_GERMAN, encoding="utf-8-sig"),
    "moodle, blind": Download("moodle", _WORKSHEET_BLIND, 100.0, end="\r\n"),
    "moodle, gradebook": Download("moodle", _GRADEBOOK, None),
    "moodle, gradebook in French": Download("moodle", _GRADEBOOK_FRENCH, None),
    "blackboard": Download("blackboard", _BLACKBOARD, encoding="utf-16", name="gc_101_fullgc_2026.xls"),
    "blackboard in German": Download("blackboard", _BLACKBOARD_GERMAN, 12.0, "utf-8-sig", "\r\n"),
    "brightspace": Download("brightspace", _BRIGHTSPACE, encoding="utf-8-sig", end="\r\n"),
    "brightspace, ids alone": Download("brightspace", _BRIGHTSPACE_BARE, None),
}
"""What instructors download, by what it is."""
