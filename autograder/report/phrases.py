"""What the pages say themselves, in both languages, side by side so that neither falls behind."""

from autograder.text import Text


def say(lang: str, key: str, **values: object) -> str:
    """The phrase ``key`` in ``lang`` with ``values`` put in; KeyError if there is none."""
    phrase = WORDS[key][lang]
    return phrase.format(**values) if values else phrase


WORDS: dict[str, Text] = {
    # A criterion's status, in words.
    "passed": Text("Passed", "合格"),
    "failed": Text("Not right yet", "まだ正しくない"),
    "error": Text("Stopped with an error", "エラーで停止"),
    "timeout": Text("Ran out of time", "時間切れ"),
    "missing": Text("Not found", "見つからない"),
    "carried": Text("Counted with a correct earlier part", "前の部分を正しいものに替えて合格"),
    "grader_error": Text("Our fault", "採点側の不具合"),
    # The same, where there is little room (a count follows).
    "short_failed": Text("not right", "正しくない"),
    "short_error": Text("error", "エラー"),
    "short_timeout": Text("out of time", "時間切れ"),
    "short_missing": Text("not found", "見つからない"),
    "short_carried": Text("carried", "引き継ぎ"),
    "short_grader_error": Text("grader error", "採点側の不具合"),
    "short_unreadable": Text("unreadable", "読み込めない"),
    "short_full_marks": Text("full marks", "満点"),
    "short_nothing_yet": Text("nothing yet", "まだ0点"),
    # What to do next, for the first criterion of each status on a page.
    "next_failed": Text(
        "Find an input small enough to work out by hand, and compare: first the shape, then the"
        " values.",
        "手で計算できるくらい小さな入力を選び、まず形状、次に値を比べてみましょう。",
    ),
    "next_failed_call": Text(
        "Make this call in your notebook, print what comes out, and work out one value of it by"
        " hand: that usually shows which index or which number is off.",
        "この呼び出しをノートブックで実行して結果を表示し、値を1つだけ手で計算してみましょう。"
        "どの添字、どの数がずれているかが見えてきます。",
    ),
    "next_error": Text(
        "Make the same call in your notebook. The last line of what Python prints there names what"
        " it could not do; look at the shapes just before that.",
        "同じ呼び出しをノートブックで実行してみましょう。Pythonの表示の最後の行に、"
        "何ができなかったのかが書いてあります。その直前の配列の形状を確かめてください。",
    ),
    "next_timeout": Text(
        "Try it on a very small input, and print how far it gets. NumPy can often take all pixels"
        " at once where a loop visits one after the other.",
        "ごく小さな入力で試し、どこまで進むかを表示してみましょう。画素を1つずつ回すループは、"
        "NumPyでまとめて計算できることがよくあります。",
    ),
    "next_missing": Text(
        "If you have written it: check the spelling of its name, that its cell runs, and that you"
        " saved the notebook before handing it in.",
        "すでに書いてあるなら、名前のつづり、そのセルが実行できること、保存してから提出したことを"
        "確かめましょう。",
    ),
    "next_carried": Text(
        "These points are yours: your code here is right once the part it builds on is. Mend that"
        " earlier part, and this will pass by itself.",
        "ここの点はそのまま付いています。土台になる部分が正しければ、このコードは正しく動きます。"
        "土台を直せば、ここは自然に合格します。",
    ),
    # The feedback page.
    "language": Text("English", "日本語"),
    "choose_language": Text("Language", "表示する言語"),
    "feedback": Text("Feedback", "フィードバック"),
    "score": Text("Score", "得点"),
    "bonus": Text("bonus", "ボーナス"),
    "all_passed": Text(
        "Everything passed. Well done: there is nothing left to mend here.",
        "すべて合格です。直すところはありません。よくできました。",
    ),
    "all_counted": Text(
        "You have every point of this exercise.", "この課題の点はすべて取れています。"
    ),
    "some_passed": Text(
        "Checks passed: {n} of {m}. A good place to go on:",
        "{m}項目のうち{n}項目が合格です。次はここから始めましょう：",
    ),
    "none_passed": Text(
        "No check has passed yet. A good place to start:",
        "合格した項目はまだありません。まずはここから始めましょう：",
    ),
    "unreadable": Text("The file could not be read", "ファイルを読み込めませんでした"),
    "unreadable_next": Text(
        "So nothing in it could be graded; this says nothing about your work. What can be graded is"
        " a notebook (.ipynb) that opens in Jupyter or Colab.",
        "そのため採点ができていません。解答の良し悪しとは関係ありません。"
        "採点できるのは、JupyterやColabで開けるノートブック（.ipynb）です。",
    ),
    "broken_grader": Text("Grading went wrong on our side", "採点側で不具合が起きました"),
    "broken_grader_next": Text(
        "This costs you no points. Your instructor can see it and will grade your work again.",
        "減点はありません。担当の先生にも見えており、採点はやり直されます。",
    ),
    "cells_title": Text("Cells that did not run to their end", "最後まで実行できなかったセル"),
    "cells_why": Text(
        "Whatever such a cell was to define may count as not found below.",
        "このセルで定義するはずのものが、下で「見つからない」となっていることがあります。",
    ),
    "cell": Text("Cell {n}", "{n}番目のセル"),
    "cell_count": Text(
        "Cells are counted from the top of the notebook, text cells too.",
        "番号は、ノートブックの先頭から文章のセルも含めて数えたものです。",
    ),
    "cell_error": Text("stopped with an error", "エラーで停止"),
    "cell_timeout": Text("ran out of time", "時間切れ"),
    "cell_skipped": Text("was skipped", "実行せず"),
    "call": Text("Call", "呼び出し"),
    "expected": Text("Expected", "期待される結果"),
    "got": Text("Your result", "あなたの結果"),
    "known_mistake": Text(
        "Your result looks just like that of a common slip", "よくある間違いと同じ結果"
    ),
    "hint": Text("Hint", "ヒント"),
    "next": Text("What to try next", "次に試すこと"),
    "worth": Text("worth", "配点"),
    "left_out": Text("… ({n} more characters)", "…（残り{n}文字）"),
    "carried_on": Text("Graded with a correct {parts}.", "正しい{parts}を使って採点しました。"),
    "handed_in": Text("File handed in", "提出されたファイル"),
    "same_again": Text(
        "Visible checks in the notebook are not all that is graded; the same file always gets the"
        " same result.",
        "ノートブックに見えているチェックは採点のすべてではありません。"
        "同じファイルの採点結果は、いつでも同じです。",
    ),
    # The class page.
    "class": Text("The class", "クラス全体"),
    "students": Text("Students", "受講者"),
    "student": Text("Student", "受講者"),
    "exercise": Text("Exercise", "課題"),
    "total": Text("Total", "合計"),
    "submissions": Text("Submissions", "提出"),
    "graded": Text("Graded", "採点済み"),
    "mean": Text("Mean", "平均"),
    "median": Text("Median", "中央値"),
    "full_marks": Text("Full marks", "満点"),
    "not_handed_in": Text("Not handed in", "未提出"),
    "none_graded": Text("No submission could be graded.", "採点できた提出物がありません。"),
    "no_results": Text(
        "There are no results in this folder yet. Run autograder grade first.",
        "このフォルダにはまだ結果がありません。先にautograder gradeを実行してください。",
    ),
    "isolation": Text("Isolation", "隔離"),
    "level_full": Text(
        "students' code ran behind every wall there is (full)",
        "学生のコードは、すべての壁の内側で実行しました（full）",
    ),
    "level_namespaces": Text(
        "students' code ran in namespaces of its own, without bubblewrap (namespaces)",
        "学生のコードは、bubblewrapなしで、専用の名前空間の中で実行しました（namespaces）",
    ),
    "level_container": Text(
        "students' code ran without namespaces, held by Landlock, seccomp and limits (container)",
        "学生のコードは、名前空間なしで、Landlock・seccomp・資源制限のもとで実行しました（container）",
    ),
    "level_limits": Text(
        "students' code ran under resource limits only (limits): it could have read hidden tests"
        " and other files on this machine",
        "学生のコードは、資源制限だけで実行しました（limits）。隠しテストやこのマシンの他のファイルを"
        "読めた可能性があります",
    ),
    "attention": Text("Needs your attention", "確認が必要なもの"),
    "grader_errors": Text("Grader errors", "採点プログラムの不具合"),
    "grader_broken": Text(
        "The grader itself failed. These results cost no points, but they are not complete:"
        " mend the cause and grade again.",
        "採点プログラム自体に不具合がありました。減点はしていませんが、結果は不完全です。"
        "原因を直して、もう一度採点してください。",
    ),
    "damaged": Text(
        "These files are no results and are left out of this page and of grades.csv:",
        "次のファイルは結果として読めないため、このページとgrades.csvに含まれていません：",
    ),
    "unreadable_files": Text("Files that could not be read", "読み込めなかったファイル"),
    "scores": Text("Scores", "得点の分布"),
    "histogram": Text(
        "Number of students by share of the points, in tenths from none to all: {counts}",
        "得点率ごとの人数（0から満点まで10区間）：{counts}",
    ),
    "what_was_hard": Text("What was hard", "難しかったところ"),
    "hardest_first": Text(
        "Hardest first; the share counts only what passed by itself.",
        "難しい順。割合は、そのままで合格したものだけを数えています。",
    ),
    "criterion": Text("Criterion", "項目"),
    "share_passed": Text("Passed", "合格率"),
    "how_it_failed": Text("Otherwise", "合格以外の内訳"),
    "common_mistakes": Text("Mistakes that were recognised", "見分けられた間違い"),
}
