// Statements; see jinja_parser.h.
#include "text/jinja_parser.h"

#include <algorithm>

namespace fettle::text::jinja {

namespace {

constexpr int kMaxLevel = 400;

std::unique_ptr<Stmt> makeStmt(StmtKind kind, int line) {
    auto stmt = std::make_unique<Stmt>();
    stmt->kind = kind;
    stmt->line = line;
    return stmt;
}

} // namespace

Parser::Level::Level(Parser& parser)
    : m_parser(parser) {
    if (++parser.m_level > kMaxLevel) {
        --parser.m_level;
        parser.error("the template is nested too deeply");
    }
}

Parser::Parser(std::string_view source)
    : m_tokens(tokenize(source)) {
    m_template->source = std::string(source);
}

std::shared_ptr<const Template> Parser::run() {
    m_template->loopName = nameId("loop");
    m_template->callerName = nameId("caller");
    m_template->argsName = nameId("varargs");
    m_template->keywordsName = nameId("kwargs");
    m_template->body = parseBody({});
    if (!m_unknown.empty()) {
        error(m_unknown.front().message, m_unknown.front().line);
    }
    if (m_breakOutside) {
        throw Failure{FaultKind::Runtime, "'break' or 'continue' outside a loop", 0};
    }
    return m_template;
}

std::shared_ptr<const Template> parseTemplate(std::string_view source) {
    return Parser(source).run();
}

void Parser::error(std::string message, int line) const {
    throw Failure{FaultKind::Syntax, std::move(message), line > 0 ? line : current().line};
}

bool Parser::atWords(Words words) const {
    return at(TokenKind::Name) && std::find(words.begin(), words.end(), current().text) != words.end();
}

const Token& Parser::next() {
    const Token& token = m_tokens[m_at];
    if (m_at + 1 < m_tokens.size()) {
        ++m_at;
    }
    return token;
}

const Token& Parser::expect(TokenKind kind, const char* what) {
    if (!at(kind)) {
        error(std::string("expected ") + what + ", got " + describe(current()));
    }
    return next();
}

bool Parser::skipIf(TokenKind kind) {
    if (!at(kind)) {
        return false;
    }
    next();
    return true;
}

bool Parser::skipWord(std::string_view word) {
    if (!atWord(word)) {
        return false;
    }
    next();
    return true;
}

int Parser::nameId(const std::string& name) {
    const auto [it, isNew] = m_nameIds.try_emplace(name, static_cast<int>(m_template->names.size()));
    if (isNew) {
        m_template->names.push_back(name);
    }
    return it->second;
}

Body Parser::parseBody(Words endWords) {
    const Level level(*this);
    Body body;
    while (true) {
        const Token& token = current();
        switch (token.kind) {
        case TokenKind::Data: {
            auto stmt = makeStmt(StmtKind::Data, token.line);
            stmt->data = Value::string(token.text);
            body.push_back(std::move(stmt));
            next();
            break;
        }
        case TokenKind::VariableBegin: {
            next();
            auto stmt = makeStmt(StmtKind::Print, token.line);
            stmt->value = parseTuple(false, true, {}, false);
            body.push_back(std::move(stmt));
            expect(TokenKind::VariableEnd, "end of print statement");
            break;
        }
        case TokenKind::BlockBegin:
            next();
            if (atWords(endWords)) {
                return body;
            }
            body.push_back(parseStatement());
            expect(TokenKind::BlockEnd, "end of statement block");
            break;
        default:
            if (endWords.size() != 0) {
                error(std::string("unexpected end of template, looking for '") + std::string(*endWords.begin()) + "'");
            }
            return body;
        }
    }
}

Body Parser::parseBodyAndEnd(std::string_view endWord) {
    skipIf(TokenKind::Colon);
    expect(TokenKind::BlockEnd, "end of statement block");
    Body body = parseBody({endWord});
    next();
    return body;
}

StmtPtr Parser::parseStatement() {
    const Level level(*this);
    const Token& token = current();
    if (token.kind != TokenKind::Name) {
        error("tag name expected");
    }
    const std::string word = token.text;
    const int line = token.line;
    next();
    if (word == "for") {
        return parseFor(line);
    }
    if (word == "if") {
        return parseIf(line);
    }
    if (word == "set") {
        return parseSet(line);
    }
    if (word == "macro") {
        return parseMacro(line);
    }
    if (word == "call") {
        return parseCall(line);
    }
    if (word == "filter") {
        return parseFilterBlock(line);
    }
    if (word == "with") {
        return parseWith(line);
    }
    if (word == "block") {
        return parseBlock(line);
    }
    if (word == "generation") {
        return parseGeneration(line);
    }
    if (word == "print") {
        auto stmt = makeStmt(StmtKind::Print, line);
        stmt->value = parseTuple(false, true, {}, false);
        return stmt;
    }
    if (word == "autoescape") {
        auto stmt = makeStmt(StmtKind::AutoEscape, line);
        stmt->value = parseExpression();
        stmt->body = parseBodyAndEnd("endautoescape");
        return stmt;
    }
    if (word == "break" || word == "continue") {
        m_breakOutside = m_breakOutside || m_loops == 0;
        return makeStmt(word == "break" ? StmtKind::Break : StmtKind::Continue, line);
    }
    if (word == "include" || word == "import" || word == "from" || word == "extends") {
        return parseExternal(line, word);
    }
    error("Encountered unknown tag '" + word + "'.", line);
}

StmtPtr Parser::parseFor(int line) {
    auto stmt = makeStmt(StmtKind::For, line);
    stmt->target = parseAssignTarget("in", false);
    if (!skipWord("in")) {
        error("expected 'in', got " + describe(current()));
    }
    stmt->value = parseTuple(false, false, "recursive", false);
    const bool wasSoft = m_soft;
    if (skipWord("if")) {
        stmt->test = parseExpression();
    }
    stmt->recursive = skipWord("recursive");
    m_soft = false;
    const bool sawClosure = m_sawClosure;
    m_sawClosure = false;
    skipIf(TokenKind::Colon);
    expect(TokenKind::BlockEnd, "end of statement block");
    ++m_loops;
    stmt->body = parseBody({"endfor", "else"});
    --m_loops;
    if (next().text == "else") {
        stmt->otherwise = parseBodyAndEnd("endfor");
    }
    stmt->capturesScope = m_sawClosure;
    m_sawClosure = m_sawClosure || sawClosure;
    m_soft = wasSoft;
    return stmt;
}

StmtPtr Parser::parseIf(int line) {
    auto stmt = makeStmt(StmtKind::If, line);
    const bool wasSoft = m_soft;
    m_soft = true;
    bool more = true;
    while (more) {
        Branch branch;
        branch.test = parseTuple(false, false, {}, false);
        skipIf(TokenKind::Colon);
        expect(TokenKind::BlockEnd, "end of statement block");
        branch.body = parseBody({"elif", "else", "endif"});
        stmt->branches.push_back(std::move(branch));
        const std::string word = next().text;
        more = word == "elif";
        if (word == "else") {
            Branch otherwise;
            otherwise.body = parseBodyAndEnd("endif");
            stmt->branches.push_back(std::move(otherwise));
        }
    }
    m_soft = wasSoft;
    return stmt;
}

StmtPtr Parser::parseSet(int line) {
    ExprPtr target = parseAssignTarget({}, true);
    if (skipIf(TokenKind::Assign)) {
        auto stmt = makeStmt(StmtKind::Set, line);
        stmt->target = std::move(target);
        stmt->value = parseTuple(false, true, {}, false);
        return stmt;
    }
    auto stmt = makeStmt(StmtKind::SetBlock, line);
    stmt->target = std::move(target);
    if (at(TokenKind::Pipe)) {
        ExprPtr filters;
        while (skipIf(TokenKind::Pipe)) {
            filters = parseOneFilter(std::move(filters));
        }
        stmt->value = std::move(filters);
    }
    stmt->body = parseBodyAndEnd("endset");
    return stmt;
}

void Parser::parseSignature(Stmt& stmt) {
    expect(TokenKind::LParen, "'('");
    while (!at(TokenKind::RParen)) {
        if (!stmt.signature.names.empty()) {
            expect(TokenKind::Comma, "','");
        }
        const Token& name = expect(TokenKind::Name, "a name");
        for (const std::string& earlier : stmt.signature.texts) {
            if (earlier == name.text) { // Python's compiler refuses it, not the template parser
                throw Failure{FaultKind::Runtime, "duplicate argument '" + name.text + "'", name.line};
            }
        }
        stmt.signature.names.push_back(nameId(name.text));
        stmt.signature.texts.push_back(name.text);
        if (skipIf(TokenKind::Assign)) {
            stmt.signature.defaults.push_back(parseExpression());
        } else if (!stmt.signature.defaults.empty()) {
            error("non-default argument follows default argument");
        }
    }
    next();
}

Body Parser::parseClosureBody(Stmt& stmt, std::string_view endWord) {
    const int loops = m_loops;
    const bool wasSoft = m_soft;
    m_loops = 0;
    m_soft = false;
    m_closures.emplace_back();
    Body body = parseBodyAndEnd(endWord);
    const Closure closure = m_closures.back();
    m_closures.pop_back();
    const auto hasParameter = [&stmt](std::string_view name) {
        return std::find(stmt.signature.texts.begin(), stmt.signature.texts.end(), name) != stmt.signature.texts.end();
    };
    stmt.usesCaller = closure.usesCaller && !hasParameter("caller");
    stmt.usesArgs = closure.usesArgs && !hasParameter("varargs");
    stmt.usesKeywords = closure.usesKeywords && !hasParameter("kwargs");
    m_loops = loops;
    m_soft = wasSoft;
    m_sawClosure = true;
    return body;
}

StmtPtr Parser::parseMacro(int line) {
    auto stmt = makeStmt(StmtKind::Macro, line);
    const Token& name = expect(TokenKind::Name, "a name");
    stmt->text = name.text;
    stmt->name = nameId(name.text);
    parseSignature(*stmt);
    stmt->body = parseClosureBody(*stmt, "endmacro");
    return stmt;
}

StmtPtr Parser::parseCall(int line) {
    auto stmt = makeStmt(StmtKind::CallBlock, line);
    if (at(TokenKind::LParen)) {
        parseSignature(*stmt);
    }
    stmt->value = parseExpression();
    if (stmt->value->kind != ExprKind::Call) {
        error("expected call", line);
    }
    stmt->text = "caller";
    stmt->body = parseClosureBody(*stmt, "endcall");
    return stmt;
}

StmtPtr Parser::parseFilterBlock(int line) {
    auto stmt = makeStmt(StmtKind::FilterBlock, line);
    ExprPtr filters = parseOneFilter(nullptr);
    while (skipIf(TokenKind::Pipe)) {
        filters = parseOneFilter(std::move(filters));
    }
    stmt->value = std::move(filters);
    stmt->body = parseBodyAndEnd("endfilter");
    return stmt;
}

StmtPtr Parser::parseWith(int line) {
    auto stmt = makeStmt(StmtKind::With, line);
    while (!at(TokenKind::BlockEnd)) {
        if (!stmt->assignments.empty()) {
            expect(TokenKind::Comma, "','");
        }
        ExprPtr target = parseAssignTarget({}, false);
        expect(TokenKind::Assign, "'='");
        ExprPtr value = parseExpression();
        stmt->assignments.emplace_back(std::move(target), std::move(value));
    }
    stmt->body = parseBodyAndEnd("endwith");
    return stmt;
}

StmtPtr Parser::parseBlock(int line) {
    auto stmt = makeStmt(StmtKind::Block, line);
    const std::string name = expect(TokenKind::Name, "a name").text;
    stmt->text = name;
    bool required = false;
    while (atWords({"scoped", "required"})) {
        required = next().text == "required" || required;
    }
    if (at(TokenKind::Sub)) {
        error("Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore "
              "instead.");
    }
    const int loops = m_loops;
    m_loops = 0;
    skipIf(TokenKind::Colon);
    expect(TokenKind::BlockEnd, "end of statement block");
    stmt->body = parseBody({"endblock"});
    next();
    skipWord(name);
    m_loops = loops;
    if (!m_template->blocks.emplace(name, stmt.get()).second) {
        error("block '" + name + "' defined twice", line);
    }
    if (required) {
        stmt->recursive = true; // a required block without an override fails when reached
    }
    return stmt;
}

StmtPtr Parser::parseGeneration(int line) {
    auto stmt = makeStmt(StmtKind::Generation, line);
    m_template->hasGeneration = true;
    const int loops = m_loops;
    const bool wasSoft = m_soft;
    m_loops = 0; // the block is a call of its own in the reference: no break out of it
    m_soft = false;
    expect(TokenKind::BlockEnd, "end of statement block");
    stmt->body = parseBody({"endgeneration"});
    next();
    m_loops = loops;
    m_soft = wasSoft;
    return stmt;
}

StmtPtr Parser::parseExternal(int line, const std::string& word) {
    auto stmt = makeStmt(StmtKind::External, line);
    stmt->text = word;
    stmt->value = parseExpression();
    const auto context = [this] {
        if (atWords({"with", "without"}) && look().kind == TokenKind::Name && look().text == "context") {
            next();
            next();
            return true;
        }
        return false;
    };
    if (word == "include") {
        if (atWord("ignore") && look().kind == TokenKind::Name && look().text == "missing") {
            next();
            next();
        }
        context();
    } else if (word == "import") {
        if (!skipWord("as")) {
            error("expected 'as', got " + describe(current()));
        }
        expect(TokenKind::Name, "a name");
        context();
    } else if (word == "from") {
        if (!skipWord("import")) {
            error("expected 'import', got " + describe(current()));
        }
        bool any = false;
        while (!context()) {
            if (any) {
                expect(TokenKind::Comma, "','");
            }
            if (!at(TokenKind::Name)) {
                if (!any) {
                    error("expected a name, got " + describe(current()));
                }
                break;
            }
            next();
            if (skipWord("as")) {
                expect(TokenKind::Name, "a name");
            }
            any = true;
            if (!at(TokenKind::Comma) && !atWords({"with", "without"})) {
                break;
            }
        }
    }
    return stmt;
}

} // namespace fettle::text::jinja
