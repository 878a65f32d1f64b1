"""A panel's idioms, spelled out: bound as a hand would bind them, the tag's own words first."""

import pytest

from imviz.errors import InputError
from imviz.shell.idioms import BUTTONS, IDIOMS, spelled_out


def test_a_number_is_bound_both_ways_and_empty_is_none():
    text = spelled_out('<imviz-number label="Gain" field="gain" min="0" suffix="e" />')
    for part in (
        '<v-text-field type="number" step="any"',
        ':value="gain"',
        """@change="gain = $event === '' ? null : Number($event)\"""",
        'label="Gain" min="0" suffix="e"',
        "hide-details",
    ):
        assert part in text
    assert text.endswith("></v-text-field>")


def test_what_the_tag_says_wins():
    text = spelled_out('<imviz-number label="X" field="x" step="1" />')
    assert text.count("step=") == 1
    assert 'step="1"' in text
    one = spelled_out("""<imviz-number :value="n.value" @change="set([n.name, Number($event)])" />""")
    assert ''':value="n.value"''' in one
    assert one.count("@change") == 1


def test_a_hint_takes_room_only_while_there_is_one():
    text = spelled_out('<imviz-number label="Gain" field="gain" hint="source" />')
    assert ':hint="source" persistent-hint :hide-details="!source"' in text
    assert " hide-details" not in text.replace(" :hide-details", "")


def test_digits_round_what_is_seen_and_not_what_is_set():
    text = spelled_out('<imviz-number label="Low" field="low" digits="6" />')
    assert ':value="Number(Number(low).toPrecision(6))"' in text
    assert "low = $event === '' ? null : Number($event)" in text


def test_a_text_is_taken_when_done_or_as_it_is_typed():
    assert """@change="name = $event || ''\"""" in spelled_out('<imviz-text label="N" field="name" />')
    live = spelled_out('<imviz-text label="N" field="name" live clearable />')
    assert """@input="name = $event || ''\"""" in live
    assert "clearable" in live
    assert " live" not in live


def test_choices_are_one_or_several_and_can_be_searched():
    one = spelled_out('<imviz-choice label="Image" field="dataset" empty="No image yet" />')
    assert '<v-select :items="dataset_items" v-model="dataset_selected" no-data-text="No image yet"' in one
    assert "multiple" not in one
    many = spelled_out('<imviz-choice label="Images" field="images" several="images" search />')
    assert '<v-autocomplete :items="images_items" v-model="images" multiple' in many
    assert ':search-input.sync="images_search" no-filter' in many
    assert "{{ images.length === 1 ? item : images.length + ' images' }}" in many
    assert "v-slot" not in spelled_out('<imviz-choice label="Images" field="images" several />')


def test_a_label_tells_where_layers_differ():
    mixed = "(mixed.includes('on') ? ' (mixed)' : '')"
    assert f""":label="'It\\'s on' + {mixed}\"""" in spelled_out(
        '<imviz-switch label="It\'s on" field="on" mixes />'
    )
    assert f':label="(name) + {mixed}"' in spelled_out('<imviz-number :label="name" field="on" mixes />')


def test_a_slider_tells_while_it_moves_or_when_it_is_let_go():
    assert '@input="bias = $event"' in spelled_out('<imviz-slider field="bias" />')
    assert '@change="bias = $event"' in spelled_out('<imviz-slider field="bias" settled />')


@pytest.mark.parametrize("kind", BUTTONS)
def test_a_button_keeps_what_stands_in_it(kind):
    text = spelled_out(f'<imviz-button kind="{kind}" @click="go()"><b>Go</b></imviz-button>')
    assert text.startswith("<v-btn ")
    assert text.endswith('@click="go()"><b>Go</b></v-btn>')


def test_progress_can_be_cancelled_and_the_condition_is_the_whole_rows():
    text = spelled_out('<imviz-progress v-else title="Stop here" />')
    assert text.startswith('<div class="imviz-row" role="status" aria-label="Progress" v-else>')
    assert 'title="Stop here" @click="cancel()">Cancel</v-btn></div>' in text
    assert ':value="100 * progress"' in text
    unknown = spelled_out("<imviz-progress indeterminate />")
    assert "<v-progress-linear indeterminate" in unknown
    assert "100 *" not in unknown


def test_an_error_is_an_alert_and_all_else_a_status():
    text = spelled_out("<imviz-message />")
    assert 'v-if="message"' in text
    assert """:role="message_kind === 'error' ? 'alert' : 'status'\"""" in text


def test_results_are_a_table_with_a_name():
    text = spelled_out('<imviz-results label="What failed" rows="part.lines" v-if="n" />')
    assert text.startswith('<table class="imviz-results" aria-label="What failed" v-if="n">')
    assert 'v-for="(line, n) in part.lines"' in text
    assert '<th scope="row">{{ line.function }}</th><td>{{ line.result }}</td>' in text


def test_what_is_no_idiom_stays_as_it_is():
    layout = '<template>\n  <v-select :items="x"></v-select><p class="imviz-note">5 > 3</p>\n</template>\n'
    assert spelled_out(layout) == layout


@pytest.mark.parametrize(
    ("layout", "told"),
    [
        ('<imviz-nmber label="X" field="x" />', "imviz-nmber> is no idiom.*number, text, choice"),
        ('<imviz-number label="X" />', "must name its field"),
        ("<imviz-results />", "must name its lines"),
        ('<imviz-button kind="huge">Go</imviz-button>', "no kind 'huge'.*main, wide"),
        ('<imviz-number label="X" field="x"></imviz-number>', "must end with />"),
        ('<imviz-button @click="go()" />', "must end with </imviz-button>"),
        ('<imviz-number label="X field="x" />', "no tag imviz understands"),
        ('<imviz-part src="gone" />', "imviz-part> is no idiom"),
    ],
)
def test_what_is_written_wrong_is_told(layout, told):
    with pytest.raises(InputError, match=told):
        spelled_out(layout)


def test_every_idiom_closes_what_it_opens():
    from html.parser import HTMLParser

    class Balance(HTMLParser):
        def __init__(self, text):
            super().__init__()
            self.open = []
            self.feed(text)

        def handle_starttag(self, tag, attrs):
            self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    for name in IDIOMS:
        end = ">x</imviz-button>" if name == "button" else " />"
        assert Balance(spelled_out(f'<imviz-{name} field="x" rows="x"{end}')).open == []
