// Recursive descent parser of the template language; grammar and operator binding as Jinja's.
#pragma once

#include "text/jinja_ast.h"
#include "text/jinja_lexer.h"

#include <initializer_list>
#include <unordered_map>

namespace fettle::text::jinja {

class Parser {
public:
    explicit Parser(std::string_view source);
    [[nodiscard]] std::shared_ptr<const Template> run();

private:
    using Words = std::initializer_list<std::string_view>;

    [[noreturn]] void error(std::string message, int line = 0) const;
    [[nodiscard]] const Token& current() const { return m_tokens[m_at]; }
    [[nodiscard]] const Token& look() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
    [[nodiscard]] bool at(TokenKind kind) const { return current().kind == kind; }
    [[nodiscard]] bool atWord(std::string_view word) const { return at(TokenKind::Name) && current().text == word; }
    [[nodiscard]] bool atWords(Words words) const;
    const Token& next();
    const Token& expect(TokenKind kind, const char* what);
    bool skipIf(TokenKind kind);
    bool skipWord(std::string_view word);
    int nameId(const std::string& name);
    std::unique_ptr<Expr> make(ExprKind kind, int line) const;
    static ExprPtr done(std::unique_ptr<Expr> node);

    // statements (jinja_parser.cpp)
    Body parseBody(Words endWords); // up to an end word, which stays current
    Body parseBodyAndEnd(std::string_view endWord);
    StmtPtr parseStatement();
    StmtPtr parseFor(int line);
    StmtPtr parseIf(int line);
    StmtPtr parseSet(int line);
    StmtPtr parseMacro(int line);
    StmtPtr parseCall(int line);
    StmtPtr parseFilterBlock(int line);
    StmtPtr parseWith(int line);
    StmtPtr parseBlock(int line);
    StmtPtr parseGeneration(int line);
    StmtPtr parseExternal(int line, const std::string& word);
    void parseSignature(Stmt& stmt);
    Body parseClosureBody(Stmt& stmt, std::string_view endWord);

    // expressions (jinja_parser_expr.cpp)
    ExprPtr parseExpression(bool withCondition = true);
    ExprPtr parseCondition();
    ExprPtr parseOr();
    ExprPtr parseAnd();
    ExprPtr parseNot();
    ExprPtr parseCompare();
    ExprPtr parseSum();
    ExprPtr parseConcat();
    ExprPtr parseProduct();
    ExprPtr parsePower();
    ExprPtr parseUnary(bool withFilter = true);
    ExprPtr parsePrimary(bool withNamespace = false);
    ExprPtr parsePostfix(ExprPtr node);
    ExprPtr parseFilters(ExprPtr node); // filters, tests and calls after them
    ExprPtr parseOneFilter(ExprPtr node);
    ExprPtr parseTest(ExprPtr node);
    ExprPtr parseSubscript(ExprPtr node);
    ExprPtr parseSubscribed();
    ExprPtr parseCallOf(ExprPtr node);
    void parseArguments(Expr& call);
    ExprPtr parseList();
    ExprPtr parseDict();
    ExprPtr parseTuple(bool simplified, bool withCondition, std::string_view endWord, bool parentheses,
                       bool withNamespace = false);
    ExprPtr parseAssignTarget(std::string_view endWord, bool withNamespace);
    ExprPtr binary(Op op, ExprPtr left, ExprPtr right, int line) const;

    class Level { // bounds the recursion of the parser
    public:
        explicit Level(Parser& parser);
        ~Level() { --m_parser.m_level; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        Parser& m_parser;
    };

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    int m_level = 0;
    int m_loops = 0;     // loops around, inside the innermost closure
    bool m_soft = false; // inside an if or a conditional expression
    bool m_breakOutside = false;
    std::unordered_map<std::string, int> m_nameIds;
    std::shared_ptr<Template> m_template = std::make_shared<Template>();
    struct Closure {
        bool usesCaller = false, usesArgs = false, usesKeywords = false;
    };
    std::vector<Closure> m_closures;
    bool m_sawClosure = false;
    struct Unknown {
        std::string message;
        int line = 0;
    };
    std::vector<Unknown> m_unknown; // filters and tests nobody knows, outside any if: the template is refused
};

} // namespace fettle::text::jinja
