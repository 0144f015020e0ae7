//! Models as small readable texts.
//!
//! ```text
//! # What drives loyalty
//! quality "Perceived quality" "感知质量" =~ q1 + q2 + q3
//! image <~ i1 + i2                     # formative
//! satisfaction =~
//!     s1 "All in all, how satisfied are you?" +
//!     s2
//! complaints =~ complained [0 1]       # the limits of its scale
//!
//! satisfaction ~ quality + image
//! complaints ~ - satisfaction          # expected to be negative
//! loyalty ~ satisfaction ? complaints  # either sign
//! ```
//!
//! `=~` says what measures a construct (mode A), `<~` what forms it (mode B), `~` what drives it, as in lavaan; a sign before a
//! driver is the sign that its path is expected to have. After the name of a construct or indicator may stand what people
//! call it or what was asked, in English and then in Chinese, and after that of an indicator the limits of its scale;
//! `scale [1 7]` in a line of its own gives them for all indicators after it, which else are 1 and 10. A line goes on in
//! the next one if it ends with an operator. A name that holds blanks or operators stands in backquotes.

mod lexer;

use std::fmt::{self, Display};
use std::iter::Peekable;
use std::str::FromStr;
use std::vec::IntoIter;

use self::lexer::{Token, is_plain, tokens};
use super::{
    Construct, ExpectedSign, Indicator, Mode, ModelBuilder, NamedPath, Scale, StructuralModel,
    Wording,
};
use crate::error::{Error, ErrorKind, Result};

impl FromStr for ModelBuilder {
    type Err = Error;

    /// Reads the text of a model.
    ///
    /// # Errors
    /// `Unreadable`, with the token and its line as value; `NotFinite` and `OutOfRange` for a scale.
    fn from_str(text: &str) -> Result<Self> {
        let mut parser = Parser {
            tokens: tokens(text)?.into_iter().peekable(),
            line: 1,
            scale: Scale::default(),
        };
        let mut model = ModelBuilder::new();
        while parser.tokens.peek().is_some() {
            model = parser.statement(model)?;
        }
        Ok(model)
    }
}

impl FromStr for StructuralModel {
    type Err = Error;

    /// Reads and checks the text of a model.
    ///
    /// # Errors
    /// Those of [`ModelBuilder::from_str`] and of [`ModelBuilder::build`].
    fn from_str(text: &str) -> Result<Self> {
        text.parse::<ModelBuilder>()?.build()
    }
}

struct Parser {
    tokens: Peekable<IntoIter<(usize, Token)>>,
    /// The line of the last token that was taken.
    line: usize,
    /// Of indicators that say nothing else.
    scale: Scale,
}

impl Parser {
    fn statement(&mut self, model: ModelBuilder) -> Result<ModelBuilder> {
        let first_line = self.tokens.peek().map_or(self.line, |(line, _)| *line);
        let name = match self.take() {
            Token::End => return Ok(model),
            Token::Word(name) => name,
            other => return Err(self.refuse(&other, "must be the name of a construct")),
        };
        if name == "scale" && self.takes(&Token::Open) {
            self.scale = self.limits()?;
            self.end()?;
            return Ok(model);
        }
        let wording = self.wording();
        match self.take() {
            Token::Reflects => self.measured(model, name, first_line, wording, Mode::A),
            Token::FormedBy => self.measured(model, name, first_line, wording, Mode::B),
            Token::DrivenBy if wording == Wording::default() => self.driven(model, name),
            other => {
                let rule = "must be =~ (is measured by), <~ (is formed by) or ~ (is driven by)";
                Err(self.refuse(&other, rule))
            }
        }
    }

    fn measured(
        &mut self,
        model: ModelBuilder,
        name: String,
        line: usize,
        wording: Wording,
        mode: Mode,
    ) -> Result<ModelBuilder> {
        if model.constructs().iter().any(|other| other.name() == name) {
            let rule = "must be measured in one statement only";
            return Err(unreadable(format_args!("'{name}'"), line, rule));
        }
        let mut indicators = vec![self.indicator()?];
        while self.takes(&Token::Plus) {
            indicators.push(self.indicator()?);
        }
        self.end()?;
        Ok(model.construct(Construct::new(name, mode, indicators).called(wording)))
    }

    fn indicator(&mut self) -> Result<Indicator> {
        let name = self.name("must be the name of an indicator")?;
        let indicator = Indicator::new(name).asking(self.wording());
        let scale = match self.takes(&Token::Open) {
            true => self.limits()?,
            false => self.scale,
        };
        Ok(indicator.on(scale))
    }

    fn driven(&mut self, mut model: ModelBuilder, to: String) -> Result<ModelBuilder> {
        let mut sign = self.sign().unwrap_or_default();
        loop {
            let from = self.name("must be the name of a construct that drives it")?;
            let mut others = model.paths().iter();
            if others.any(|path| path.from == from && path.to == to) {
                let rule = "must drive a construct once";
                return Err(unreadable(format_args!("'{from}'"), self.line, rule));
            }
            model = model.signed_path(from, to.as_str(), sign);
            match self.sign() {
                Some(next) => sign = next,
                None => break,
            }
        }
        self.end()?;
        Ok(model)
    }

    fn sign(&mut self) -> Option<ExpectedSign> {
        let signs = [
            (Token::Plus, ExpectedSign::Positive),
            (Token::Minus, ExpectedSign::Negative),
            (Token::Question, ExpectedSign::Either),
        ];
        let found = signs.into_iter().find(|(token, _)| self.takes(token));
        found.map(|(_, sign)| sign)
    }

    fn name(&mut self, rule: &'static str) -> Result<String> {
        match self.take() {
            Token::Word(name) => Ok(name),
            other => Err(self.refuse(&other, rule)),
        }
    }

    /// Up to two texts in quotes.
    fn wording(&mut self) -> Wording {
        let en = self.text().unwrap_or_default();
        let zh = self.text().unwrap_or_default();
        Wording { en, zh }
    }

    fn text(&mut self) -> Option<String> {
        let is_text = |(_, token): &(usize, Token)| matches!(token, Token::Text(_));
        match self.tokens.next_if(is_text) {
            Some((line, Token::Text(text))) => {
                self.line = line;
                Some(text)
            }
            _ => None,
        }
    }

    /// Two numbers and the closing bracket.
    fn limits(&mut self) -> Result<Scale> {
        let (least, greatest) = (self.number()?, self.number()?);
        match self.take() {
            Token::Close => Scale::new(least, greatest),
            other => Err(self.refuse(&other, "must be ] after the two limits of a scale")),
        }
    }

    fn number(&mut self) -> Result<f64> {
        let sign = if self.takes(&Token::Minus) { -1.0 } else { 1.0 };
        let token = self.take();
        let number = match &token {
            Token::Word(word) => word.parse::<f64>().ok(),
            _ => None,
        };
        let rule = "must be a limit of a scale, as in [1 10]";
        number
            .map(|number| sign * number)
            .ok_or_else(|| self.refuse(&token, rule))
    }

    fn end(&mut self) -> Result<()> {
        match self.take() {
            Token::End => Ok(()),
            other => Err(self.refuse(&other, "must be + and another name, or a new line")),
        }
    }

    fn take(&mut self) -> Token {
        match self.tokens.next() {
            Some((line, token)) => {
                self.line = line;
                token
            }
            None => Token::End,
        }
    }

    fn takes(&mut self, wanted: &Token) -> bool {
        match self.tokens.next_if(|(_, token)| token == wanted) {
            Some((line, _)) => {
                self.line = line;
                true
            }
            None => false,
        }
    }

    fn refuse(&self, token: &Token, rule: &'static str) -> Error {
        unreadable(format_args!("{token}"), self.line, rule)
    }
}

fn unreadable(
    token: fmt::Arguments<'_>,
    line: usize,
    rule: impl Into<std::borrow::Cow<'static, str>>,
) -> Error {
    Error::new(ErrorKind::Unreadable, "model", rule)
        .with_value(format_args!("{token} in line {line}"))
}

impl Display for StructuralModel {
    /// The text of the model, which reads back as the same model; paths to one construct stand together.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ModelBuilder::from(self).fmt(f)
    }
}

impl Display for ModelBuilder {
    /// The text of the model: measurement first, then one line per construct that is driven.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for construct in self.constructs() {
            write_construct(f, construct)?;
        }
        if !self.paths().is_empty() {
            f.write_str("\n")?;
        }
        let mut driven: Vec<&str> = Vec::new();
        for path in self.paths() {
            if !driven.contains(&path.to.as_str()) {
                driven.push(&path.to);
                let drivers = self.paths().iter().filter(|other| other.to == path.to);
                write_drivers(f, &path.to, drivers)?;
            }
        }
        Ok(())
    }
}

/// On one line, or one line for each indicator where questions are known.
fn write_construct(f: &mut fmt::Formatter<'_>, construct: &Construct) -> fmt::Result {
    write!(f, "{}", Name(construct.name()))?;
    write_wording(f, construct.wording())?;
    f.write_str(if construct.mode() == Mode::B {
        " <~"
    } else {
        " =~"
    })?;
    let indicators = construct.indicators();
    let long = indicators
        .iter()
        .any(|i| *i.question() != Wording::default());
    for (place, indicator) in indicators.iter().enumerate() {
        f.write_str(if place > 0 { " +" } else { "" })?;
        f.write_str(if long { "\n    " } else { " " })?;
        write!(f, "{}", Name(indicator.name()))?;
        write_wording(f, indicator.question())?;
        let scale = indicator.scale();
        if scale != Scale::default() {
            write!(f, " [{} {}]", scale.least(), scale.greatest())?;
        }
    }
    f.write_str("\n")
}

fn write_wording(f: &mut fmt::Formatter<'_>, wording: &Wording) -> fmt::Result {
    if *wording == Wording::default() {
        return Ok(());
    }
    write!(f, " \"{}\"", escaped(&wording.en, '"'))?;
    if !wording.zh.is_empty() {
        write!(f, " \"{}\"", escaped(&wording.zh, '"'))?;
    }
    Ok(())
}

fn write_drivers<'a>(
    f: &mut fmt::Formatter<'_>,
    to: &str,
    drivers: impl Iterator<Item = &'a NamedPath>,
) -> fmt::Result {
    write!(f, "{} ~", Name(to))?;
    for (place, driver) in drivers.enumerate() {
        f.write_str(match driver.sign {
            ExpectedSign::Positive if place == 0 => " ",
            ExpectedSign::Positive => " + ",
            ExpectedSign::Negative => " - ",
            ExpectedSign::Either => " ? ",
        })?;
        write!(f, "{}", Name(&driver.from))?;
    }
    f.write_str("\n")
}

/// A name as it is written.
struct Name<'a>(&'a str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match is_plain(self.0) {
            true => f.write_str(self.0),
            false => write!(f, "`{}`", escaped(self.0, '`')),
        }
    }
}

/// With a backslash before every sign that would end the text; a line break becomes a blank.
fn escaped(text: &str, closing: char) -> String {
    let mut escaped = String::new();
    for sign in text.chars() {
        match sign {
            '\n' | '\r' => escaped.push(' '),
            _ if sign == closing || sign == '\\' => escaped.extend(['\\', sign]),
            _ => escaped.push(sign),
        }
    }
    escaped
}
