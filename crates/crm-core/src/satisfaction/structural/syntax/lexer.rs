use std::fmt::{self, Display};
use std::iter::Peekable;
use std::str::Chars;

use super::unreadable;
use crate::error::Result;

/// What a text consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a number.
    Word(String),
    /// A text in quotes.
    Text(String),
    /// `=~`
    Reflects,
    /// `<~`
    FormedBy,
    /// `~`
    DrivenBy,
    Plus,
    Minus,
    Question,
    Open,
    Close,
    /// The end of a line that ends a statement.
    End,
}

impl Token {
    /// Whether what belongs to it may stand in the next line.
    fn continues(&self) -> bool {
        !matches!(
            self,
            Token::Word(_) | Token::Text(_) | Token::Close | Token::End
        )
    }
}

impl Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Token::Word(word) => return write!(f, "'{word}'"),
            Token::Text(text) => return write!(f, "{text:?}"),
            Token::Reflects => "'=~'",
            Token::FormedBy => "'<~'",
            Token::DrivenBy => "'~'",
            Token::Plus => "'+'",
            Token::Minus => "'-'",
            Token::Question => "'?'",
            Token::Open => "'['",
            Token::Close => "']'",
            Token::End => "the end of the line",
        })
    }
}

/// Signs that end a word.
const SIGNS: &str = "=<~+?[]#\"`";

/// Whether a name can stand without backquotes.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && !name.contains(|sign: char| sign.is_whitespace() || SIGNS.contains(sign))
}

/// The tokens of a text, each with the number of its line, from 1; the last one is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>> {
    let mut tokens: Vec<(usize, Token)> = Vec::new();
    let mut lines = 0;
    for (line, content) in (1..).zip(text.lines()) {
        let mut signs = content.chars().peekable();
        while let Some(token) = next(&mut signs, line)? {
            tokens.push((line, token));
        }
        if tokens
            .last()
            .is_some_and(|(_, last)| !last.continues() && *last != Token::End)
        {
            tokens.push((line, Token::End));
        }
        lines = line;
    }
    if tokens.last().is_none_or(|(_, last)| *last != Token::End) {
        tokens.push((lines, Token::End));
    }
    Ok(tokens)
}

/// The next token of a line; none at its end or before a comment.
fn next(signs: &mut Peekable<Chars<'_>>, line: usize) -> Result<Option<Token>> {
    while signs.next_if(|sign| sign.is_whitespace()).is_some() {}
    let Some(&first) = signs.peek() else {
        return Ok(None);
    };
    if !matches!(
        first,
        '=' | '<' | '~' | '+' | '-' | '?' | '[' | ']' | '#' | '"' | '`'
    ) {
        return Ok(Some(Token::Word(word(signs))));
    }
    signs.next();
    let token = match first {
        '~' => Token::DrivenBy,
        '+' => Token::Plus,
        '-' => Token::Minus,
        '?' => Token::Question,
        '[' => Token::Open,
        ']' => Token::Close,
        '"' => Token::Text(quoted(signs, '"', line)?),
        '`' => Token::Word(quoted(signs, '`', line)?),
        '=' if signs.next_if_eq(&'~').is_some() => Token::Reflects,
        '<' if signs.next_if_eq(&'~').is_some() => Token::FormedBy,
        '#' => return Ok(None),
        other => {
            let rule = "must be =~ (is measured by), <~ (is formed by) or ~ (is driven by)";
            return Err(unreadable(format_args!("'{other}'"), line, rule));
        }
    };
    Ok(Some(token))
}

fn word(signs: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(sign) = signs.next_if(|sign| !sign.is_whitespace() && !SIGNS.contains(*sign)) {
        word.push(sign);
    }
    word
}

/// What stands before the closing sign; a backslash takes the sign after it as it is.
fn quoted(signs: &mut Peekable<Chars<'_>>, closing: char, line: usize) -> Result<String> {
    let mut text = String::new();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => text.extend(signs.next()),
            _ if sign == closing => return Ok(text),
            _ => text.push(sign),
        }
    }
    let rule = format!("must end with {closing} in the same line");
    Err(unreadable(format_args!("{closing}{text}"), line, rule))
}
