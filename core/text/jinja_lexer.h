// Tokens of a template: text between tags with white space already trimmed as the tags ask (trim_blocks and
// lstrip_blocks are on), and what is inside the tags.
#pragma once

#include "text/jinja_value.h"

namespace fettle::text::jinja {

enum class TokenKind : std::uint8_t {
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Add,
    Assign,
    Colon,
    Comma,
    Div,
    Dot,
    Eq,
    FloorDiv,
    Gt,
    GtEq,
    LBrace,
    LBracket,
    LParen,
    Lt,
    LtEq,
    Mod,
    Mul,
    Ne,
    Pipe,
    Pow,
    RBrace,
    RBracket,
    RParen,
    Semicolon,
    Sub,
    Tilde,
    End
};

struct Token {
    TokenKind kind = TokenKind::End;
    int line = 1;
    std::string text; // Data, Name, String (unescaped); else as written
    Wide integer = 0;
    double number = 0;
};

/// Throws Failure (syntax).
[[nodiscard]] std::vector<Token> tokenize(std::string_view source);

/// For messages: "end of print statement", "'foo'".
[[nodiscard]] std::string describe(const Token& token);

} // namespace fettle::text::jinja
