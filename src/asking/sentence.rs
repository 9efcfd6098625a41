//! Explanations as sentences, in the words of the pact: French where the locale is French, else English.

use super::explain::{Change, Effect, Explanation, Thinking};
use super::phrase::either;
use super::{Stop, Why};
use crate::outlook::Odds;
use crate::pact::Terms;
use crate::pact::field::Field;
use crate::pact::qualification::Decision;
use crate::score::earned::EarnedWords;
use crate::text::Text;
use serde::Serialize;

/// How many chances a sentence lists; of more, it says between which they are.
const MOST_CHANCES: usize = 3;
/// Keeps what belongs together on one line.
pub(super) const NO_BREAK: char = '\u{a0}';
/// The same, narrow: between a number and its sign in French.
pub(super) const NARROW: char = '\u{202f}';

/// What the engine thinks, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// The score, and what of it is fit and interest.
    pub score: String,
    /// Where the points come from, by group, in the pact's order.
    pub groups: Vec<EarnedWords>,
    /// The decision were the form submitted now.
    pub decision: String,
    /// The odds of each decision, were every question answered.
    pub odds: String,
    /// The questions worth asking now, the best first.
    pub ask: Vec<AskWords>,
    /// Why nothing more is asked; absent where something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
    /// The cheapest single answer that would change the decision; absent where none would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// What the odds rest on, where that is not the pact alone.
    pub caveats: Vec<String>,
}

/// Why a question is asked, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskWords {
    /// What people call the field.
    pub label: String,
    /// Why it is asked: `Company size: moves the chance of hand-over from 46% to 12% or 81%.`
    pub sentence: String,
    /// What each answer would do.
    pub answers: Vec<EffectWords>,
    /// What asking it is expected to bring, and to lose.
    pub cost: String,
}

/// What an answer would do, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EffectWords {
    /// The answers that do the same: `“Retail” or “Services”`.
    pub answer: String,
    /// How likely a hand-over is after it: `81%`.
    pub chance: String,
    /// How often one of them is given: `44%`.
    pub share: String,
    /// How likely it is that the lead is then disqualified, where the answer makes that likelier: `disqualified 100%`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disqualified: Option<String>,
}

impl Thinking {
    /// What the engine thinks, in the locale's language: French, or else English. What people call things is in the
    /// locale as far as the pact has it.
    #[must_use]
    pub fn words(&self, terms: &Terms, locale: &str) -> Words {
        let reader = Reader::of(terms, locale, self.approximate);
        Words {
            score: reader.score(&self.groups, self.behaviour),
            groups: self.groups.iter().map(|earned| reader.earned(earned)).collect(),
            decision: reader.standing(self.decision),
            odds: reader.odds(&self.odds),
            ask: self.ask.iter().map(|asked| reader.asked(asked, &self.odds)).collect(),
            stop: self.stop.map(|stop| reader.stop(stop, self.decision)),
            change: self.change.as_ref().map(|change| reader.change(change)),
            caveats: reader.caveats(self),
        }
    }

    /// The same, a sentence a line, without the criteria that earned points and what each answer would do.
    #[must_use]
    pub fn sentences(&self, terms: &Terms, locale: &str) -> Vec<String> {
        let words = self.words(terms, locale);
        let mut lines = vec![words.score];
        lines.extend(words.groups.into_iter().map(|group| group.sentence));
        lines.extend([words.decision, words.odds]);
        lines.extend(words.ask.into_iter().map(|asked| asked.sentence));
        lines.extend(words.stop);
        lines.extend(words.change);
        lines.extend(words.caveats);
        lines
    }
}

impl Change {
    /// What would change the decision, and to what, in the locale's language: French, or else English.
    #[must_use]
    pub fn sentence(&self, terms: &Terms, locale: &str) -> String {
        Reader::of(terms, locale, false).change(self)
    }
}

/// Who reads, and in which language.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'t> {
    pub(crate) terms: &'t Terms,
    pub(super) locale: &'t str,
    pub(crate) french: bool,
    approximate: bool,
}

impl<'t> Reader<'t> {
    fn of(terms: &'t Terms, locale: &'t str, approximate: bool) -> Self {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        Self { terms, locale, french: language.eq_ignore_ascii_case("fr"), approximate }
    }

    pub(crate) fn word(self, french: &'static str, english: &'static str) -> &'static str {
        if self.french { french } else { english }
    }

    pub(crate) fn text(self, text: &'t Text) -> &'t str {
        text.pick(self.locale, &self.terms.locales)
    }

    pub(super) fn field(self, id: &str) -> Option<&'t Field> {
        self.terms.fields.iter().find(|field| field.id == id)
    }

    fn label(self, id: &'t str) -> &'t str {
        self.field(id).map_or(id, |field| self.text(&field.label))
    }

    /// A label and what is said of it. After a label that is a question, a new sentence begins.
    pub(crate) fn said_of(self, label: &str, words: &str) -> String {
        let label = label.trim_end_matches([':', ' ', NO_BREAK, NARROW]);
        let mut letters = words.chars();
        match letters.next() {
            Some(first) if label.ends_with(['?', '!', '.', '…']) => {
                format!("{label} {}{}", first.to_uppercase(), letters.as_str())
            }
            _ if self.french => format!("{label}{NO_BREAK}: {words}"),
            _ => format!("{label}: {words}"),
        }
    }

    /// A probability as people say it; what is neither impossible nor certain is not called so.
    fn percent(self, share: f64) -> String {
        let whole = libm::round(share * 100.0);
        // Sums of shares are off by what rounding leaves.
        let (bound, whole) = if share > 1e-9 && whole < 1.0 {
            (self.word("moins de ", "under "), 1.0)
        } else if share < 1.0 - 1e-9 && whole > 99.0 {
            (self.word("plus de ", "over "), 99.0)
        } else {
            ("", whole)
        };
        let sign = if self.french { "\u{202f}%" } else { "%" };
        [bound, &self.number(whole), sign].concat()
    }

    /// A probability that may be drawn rather than exact.
    fn chance(self, share: f64) -> String {
        let about = if self.approximate { self.word("environ ", "about ") } else { "" };
        [about, &self.percent(share)].concat()
    }
}

/// How the lead stands.
impl Reader<'_> {
    fn decision(self, decision: Decision) -> &'static str {
        match decision {
            Decision::Handoff => self.word("transmis aux commerciaux", "handed over to sales"),
            Decision::Nurture => self.word("suivi par le marketing", "kept by marketing"),
            Decision::Disqualified => self.word("hors cible", "disqualified"),
        }
    }

    fn standing(self, decision: Decision) -> String {
        let label = self.word("Si le formulaire partait maintenant", "Were the form sent now");
        [self.said_of(label, self.decision(decision)), ".".into()].concat()
    }

    fn odds(self, odds: &Odds) -> String {
        let mut said = Vec::new();
        for decision in [Decision::Handoff, Decision::Nurture, Decision::Disqualified] {
            let share = share_of(odds, decision);
            if share > 0.0 {
                said.push(format!("{} {}", self.chance(share), self.decision(decision)));
            }
        }
        let label = self.word("Si tout était répondu", "Were every question answered");
        [self.said_of(label, &said.join(", ")), ".".into()].concat()
    }

    fn caveats(self, thinking: &Thinking) -> Vec<String> {
        let assumed = self.word(
            "Ces probabilités reposent sur des hypothèses\u{a0}: le pacte ne dit pas quelle part des visiteurs donne certaines réponses.",
            "These odds rest on assumptions: the pact does not say how often some answers are given.",
        );
        let approximate = self.word(
            "Ces probabilités sont approximatives\u{a0}: les réponses possibles sont trop nombreuses pour être toutes comptées.",
            "These odds are approximate: there are too many possible answers to count them all.",
        );
        let all = [(thinking.assumed, assumed), (thinking.approximate, approximate)];
        all.into_iter().filter(|(holds, _)| *holds).map(|(_, caveat)| caveat.to_owned()).collect()
    }

    fn stop(self, stop: Stop, decision: Decision) -> String {
        let reason = match stop {
            Stop::Off => self.word("le pacte ne pose aucune question de plus", "the pact asks no extra question"),
            Stop::Budget => self.word(
                "cette visite a eu toutes les questions que le pacte permet",
                "this visit has had all the questions that the pact allows",
            ),
            Stop::Certain => {
                self.word("aucune autre réponse ne changera la décision", "no other answer will change the decision")
            }
            Stop::Nothing => self.word(
                "aucune des questions qui restent ne peut changer la décision, et les commerciaux n’en ont pas besoin",
                "no question that is left can change the decision, and sales needs none of them",
            ),
            Stop::Value => self.word(
                "une question de plus ferait perdre plus de visiteurs qu’elle ne le vaut",
                "one more question would lose more visitors than it is worth",
            ),
            Stop::Holdout => self.word(
                "cette visite sert de point de comparaison, sans question de plus",
                "this visit is one that others are compared with, without extra questions",
            ),
        };
        let label = self.word("Plus rien à demander", "Nothing more to ask");
        format!("{} ({}).", self.said_of(label, reason), self.decision(decision))
    }

    fn change(self, change: &Change) -> String {
        let label = match change.given {
            false => self.word("Ce qui changerait la décision", "What would change the decision"),
            true => self.word("Ce qui aurait changé la décision", "What would have changed the decision"),
        };
        let field = self.quoted(self.label(&change.field));
        let answer = match self.answer(&change.field, &change.answer) {
            answer if answer.is_empty() => self.word("une autre réponse", "another answer").to_owned(),
            answer => [self.word("la réponse ", "the answer "), &answer].concat(),
        };
        let changed = self.said_of(label, &[&field, self.word(", avec ", ", with "), &answer].concat());
        let then = match (self.french, change.given) {
            (true, false) => "Le lead serait alors",
            (true, true) => "Le lead aurait alors été",
            (false, false) => "The lead would then be",
            (false, true) => "The lead would then have been",
        };
        format!("{changed}. {then} {}.", self.decision(change.decision))
    }
}

/// Why a question is asked.
impl Reader<'_> {
    fn asked(self, asked: &Explanation, today: &Odds) -> AskWords {
        let label = self.label(&asked.field);
        let why = match asked.why {
            Why::Needed => self.needed(today),
            Why::Decides => self.moves(asked, today),
        };
        AskWords {
            label: label.to_owned(),
            sentence: self.said_of(label, &why),
            answers: asked.answers.iter().map(|effect| self.effect(&asked.field, effect, today)).collect(),
            cost: self.cost(asked),
        }
    }

    fn needed(self, today: &Odds) -> String {
        let chance = self.chance(today.handoff);
        match self.french {
            true => format!("les commerciaux en ont besoin, et la probabilité de transmission est de {chance}."),
            false => format!("sales needs it, and the chance of hand-over is {chance}."),
        }
    }

    fn moves(self, asked: &Explanation, today: &Odds) -> String {
        let decision = most_moved(&asked.answers, today);
        let mut shares: Vec<f64> = asked.answers.iter().map(|effect| share_of(&effect.odds, decision)).collect();
        shares.sort_unstable_by(f64::total_cmp);
        let mut said: Vec<String> = shares.into_iter().map(|share| self.percent(share)).collect();
        said.dedup();
        let (Some(first), Some(last)) = (said.first(), said.last()) else {
            return self.word("la réponse peut changer la décision.", "the answer may change the decision.").into();
        };
        let chance = match decision {
            Decision::Handoff => self.word("la probabilité de transmission", "the chance of hand-over"),
            Decision::Nurture => {
                self.word("la probabilité de rester au marketing", "the chance of staying with marketing")
            }
            Decision::Disqualified => self.word("la probabilité d’être hors cible", "the chance of being disqualified"),
        };
        let from = self.chance(share_of(today, decision));
        let to = match (said.len() > MOST_CHANCES, self.french) {
            (false, _) => either(&said, self.word(" ou ", " or ")),
            (true, true) => format!("une valeur entre {first} et {last}, selon la réponse"),
            (true, false) => format!("somewhere between {first} and {last}, depending on the answer"),
        };
        match self.french {
            true => format!("fait passer {chance} de {from} à {to}."),
            false => format!("moves {chance} from {from} to {to}."),
        }
    }

    fn effect(self, field: &str, effect: &Effect, today: &Odds) -> EffectWords {
        let risk = self.percent(effect.odds.disqualified);
        let more = effect.odds.disqualified > today.disqualified && risk != self.percent(today.disqualified);
        let disqualified = more.then(|| format!("{} {risk}", self.decision(Decision::Disqualified)));
        let answer = match self.answer(field, &effect.answer) {
            answer if answer.is_empty() => self.word("toute autre réponse", "any other answer").to_owned(),
            answer => answer,
        };
        let (chance, share) = (self.percent(effect.odds.handoff), self.percent(effect.share));
        EffectWords { answer, chance, share, disqualified }
    }

    /// What asking brings rather than stopping, and how many it loses, in a hundred visits.
    fn cost(self, asked: &Explanation) -> String {
        let lost = self.count(
            asked.loss,
            self.word("visiteur part", "visitor leaves"),
            self.word("visiteurs partent", "visitors leave"),
        );
        // A question that was not looked at so closely has no gain at all.
        if asked.gain == 0.0 {
            return match self.french {
                true => format!("Sur 100 visites semblables, {lost} à cette question."),
                false => format!("In 100 such visits, {lost} at this question."),
            };
        }
        let (one, many) =
            (self.word("lead qualifié", "qualified lead"), self.word("leads qualifiés", "qualified leads"));
        let leads = self.count(asked.gain.abs(), one, many);
        let way = if asked.gain > 0.0 { self.word("de plus", "more") } else { self.word("de moins", "fewer") };
        match self.french {
            true => {
                let label = "Plutôt que de s’arrêter là";
                let lost = format!("({lost} à cette question)");
                format!("{label}\u{a0}: {leads} {way} pour 100 visites semblables {lost}.")
            }
            false => format!("Rather than stopping here: {leads} {way} in 100 such visits ({lost} at this question)."),
        }
    }

    /// How many in a hundred, to the tenth.
    fn count(self, share: f64, one: &str, many: &str) -> String {
        let tenths = libm::round(share * 1000.0) / 10.0;
        let least = share > 0.0 && tenths < 0.1;
        let said = if least { 0.1 } else { tenths };
        let single = if self.french { said < 2.0 } else { said == 1.0 };
        let bound = if least { self.word("moins de ", "less than ") } else { "" };
        format!("{bound}{} {}", self.number(said), if single { one } else { many })
    }
}

fn share_of(odds: &Odds, decision: Decision) -> f64 {
    match decision {
        Decision::Handoff => odds.handoff,
        Decision::Nurture => odds.nurture,
        Decision::Disqualified => odds.disqualified,
    }
}

/// The decision whose odds the answers move most; a hand-over as long as they move it half as far.
fn most_moved(answers: &[Effect], today: &Odds) -> Decision {
    let moved = |decision: Decision| -> f64 {
        let mut moved = 0.0;
        for effect in answers {
            moved += effect.share * libm::fabs(share_of(&effect.odds, decision) - share_of(today, decision));
        }
        moved
    };
    let (handoff, nurture, disqualified) =
        (moved(Decision::Handoff), moved(Decision::Nurture), moved(Decision::Disqualified));
    if 2.0 * handoff >= nurture.max(disqualified) {
        Decision::Handoff
    } else if disqualified >= nurture {
        Decision::Disqualified
    } else {
        Decision::Nurture
    }
}
