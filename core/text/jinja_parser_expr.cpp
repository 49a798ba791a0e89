// Expressions; see jinja_parser.h.
#include "text/jinja_parser.h"

#include <algorithm>

namespace fettle::text::jinja {

namespace {

constexpr int kMaxExprDepth = 300;

bool canAssign(const Expr& target) {
    if (target.kind == ExprKind::Tuple) {
        return std::all_of(target.items.begin(), target.items.end(),
                           [](const ExprPtr& item) { return canAssign(*item); });
    }
    return target.kind == ExprKind::Name || target.kind == ExprKind::NamespaceRef;
}

} // namespace

std::unique_ptr<Expr> Parser::make(ExprKind kind, int line) const {
    auto node = std::make_unique<Expr>();
    node->kind = kind;
    node->line = line;
    node->soft = m_soft;
    return node;
}

ExprPtr Parser::done(std::unique_ptr<Expr> node) {
    int depth = 0;
    const auto note = [&](const ExprPtr& child) {
        if (child) {
            depth = std::max(depth, child->depth);
        }
    };
    std::for_each(node->items.begin(), node->items.end(), note);
    for (const Keyword& keyword : node->keywords) {
        note(keyword.value);
    }
    note(node->star);
    note(node->doubleStar);
    node->depth = depth + 1;
    if (node->depth > kMaxExprDepth) {
        throw Failure{FaultKind::Syntax, "an expression is nested too deeply", node->line};
    }
    return node;
}

ExprPtr Parser::binary(Op op, ExprPtr left, ExprPtr right, int line) const {
    auto node = make(ExprKind::Binary, line);
    node->op = op;
    node->items.push_back(std::move(left));
    node->items.push_back(std::move(right));
    return done(std::move(node));
}

ExprPtr Parser::parseExpression(bool withCondition) {
    const Level level(*this);
    return withCondition ? parseCondition() : parseOr();
}

ExprPtr Parser::parseCondition() {
    const Level level(*this);
    const int line = current().line;
    const std::size_t unknown = m_unknown.size();
    ExprPtr node = parseOr();
    while (skipWord("if")) {
        auto condition = make(ExprKind::Condition, line);
        ExprPtr test = parseOr();
        ExprPtr otherwise;
        if (skipWord("else")) {
            otherwise = parseCondition();
        }
        condition->items.push_back(std::move(test));
        condition->items.push_back(std::move(node));
        condition->items.push_back(std::move(otherwise));
        node = done(std::move(condition));
        m_unknown.resize(unknown); // only a failure when reached
    }
    return node;
}

ExprPtr Parser::parseOr() {
    ExprPtr left = parseAnd();
    while (atWord("or")) {
        auto node = make(ExprKind::Or, next().line);
        node->items.push_back(std::move(left));
        node->items.push_back(parseAnd());
        left = done(std::move(node));
    }
    return left;
}

ExprPtr Parser::parseAnd() {
    ExprPtr left = parseNot();
    while (atWord("and")) {
        auto node = make(ExprKind::And, next().line);
        node->items.push_back(std::move(left));
        node->items.push_back(parseNot());
        left = done(std::move(node));
    }
    return left;
}

ExprPtr Parser::parseNot() {
    if (atWord("not")) {
        const Level level(*this);
        auto node = make(ExprKind::Not, next().line);
        node->items.push_back(parseNot());
        return done(std::move(node));
    }
    return parseCompare();
}

ExprPtr Parser::parseCompare() {
    const int line = current().line;
    ExprPtr first = parseSum();
    std::unique_ptr<Expr> node;
    while (true) {
        Op op = Op::Eq;
        std::size_t tokens = 1;
        switch (current().kind) {
        case TokenKind::Eq:
            op = Op::Eq;
            break;
        case TokenKind::Ne:
            op = Op::Ne;
            break;
        case TokenKind::Lt:
            op = Op::Lt;
            break;
        case TokenKind::LtEq:
            op = Op::Le;
            break;
        case TokenKind::Gt:
            op = Op::Gt;
            break;
        case TokenKind::GtEq:
            op = Op::Ge;
            break;
        default:
            if (atWord("in")) {
                op = Op::In;
            } else if (atWord("not") && look().kind == TokenKind::Name && look().text == "in") {
                op = Op::NotIn;
                tokens = 2;
            } else {
                tokens = 0;
            }
        }
        if (tokens == 0) {
            break;
        }
        next();
        if (tokens == 2) {
            next();
        }
        if (!node) {
            node = make(ExprKind::Compare, line);
            node->items.push_back(std::move(first));
        }
        node->ops.push_back(op);
        node->items.push_back(parseSum());
    }
    return node ? done(std::move(node)) : std::move(first);
}

ExprPtr Parser::parseSum() {
    ExprPtr left = parseConcat();
    while (at(TokenKind::Add) || at(TokenKind::Sub)) {
        const Token& token = next();
        left = binary(token.kind == TokenKind::Add ? Op::Add : Op::Sub, std::move(left), parseConcat(), token.line);
    }
    return left;
}

ExprPtr Parser::parseConcat() {
    const int line = current().line;
    ExprPtr first = parseProduct();
    if (!at(TokenKind::Tilde)) {
        return first;
    }
    auto node = make(ExprKind::Concat, line);
    node->items.push_back(std::move(first));
    while (skipIf(TokenKind::Tilde)) {
        node->items.push_back(parseProduct());
    }
    return done(std::move(node));
}

ExprPtr Parser::parseProduct() {
    ExprPtr left = parsePower();
    while (true) {
        Op op = Op::Mul;
        switch (current().kind) {
        case TokenKind::Mul:
            op = Op::Mul;
            break;
        case TokenKind::Div:
            op = Op::Div;
            break;
        case TokenKind::FloorDiv:
            op = Op::FloorDiv;
            break;
        case TokenKind::Mod:
            op = Op::Mod;
            break;
        default:
            return left;
        }
        const int line = next().line;
        left = binary(op, std::move(left), parsePower(), line);
    }
}

ExprPtr Parser::parsePower() {
    ExprPtr left = parseUnary();
    while (at(TokenKind::Pow)) {
        const int line = next().line;
        left = binary(Op::Pow, std::move(left), parseUnary(), line);
    }
    return left;
}

ExprPtr Parser::parseUnary(bool withFilter) {
    const Level level(*this);
    ExprPtr node;
    if (at(TokenKind::Sub) || at(TokenKind::Add)) {
        const Token& token = next();
        auto unary = make(token.kind == TokenKind::Sub ? ExprKind::Negate : ExprKind::Plus, token.line);
        unary->items.push_back(parseUnary(false));
        node = done(std::move(unary));
    } else {
        node = parsePrimary();
    }
    node = parsePostfix(std::move(node));
    return withFilter ? parseFilters(std::move(node)) : std::move(node);
}

ExprPtr Parser::parsePrimary(bool withNamespace) {
    const Token& token = current();
    auto node = make(ExprKind::Const, token.line);
    switch (token.kind) {
    case TokenKind::Name:
        next();
        if (token.text == "true" || token.text == "True" || token.text == "false" || token.text == "False") {
            node->value = Value::boolean(token.text.front() == 't' || token.text.front() == 'T');
        } else if (token.text == "none" || token.text == "None") {
            node->value = Value::none();
        } else if (withNamespace && at(TokenKind::Dot)) {
            next();
            node->kind = ExprKind::NamespaceRef;
            node->name = nameId(token.text);
            node->text = expect(TokenKind::Name, "a name").text;
        } else {
            node->kind = ExprKind::Name;
            node->name = nameId(token.text);
            for (Closure& closure : m_closures) {
                closure.usesCaller = closure.usesCaller || token.text == "caller";
                closure.usesArgs = closure.usesArgs || token.text == "varargs";
                closure.usesKeywords = closure.usesKeywords || token.text == "kwargs";
            }
        }
        return done(std::move(node));
    case TokenKind::String: {
        std::string text = next().text;
        while (at(TokenKind::String)) {
            text += next().text;
        }
        node->value = Value::string(std::move(text));
        return done(std::move(node));
    }
    case TokenKind::Integer:
        node->value = Value::integer(next().integer);
        return done(std::move(node));
    case TokenKind::Float:
        node->value = Value::number(next().number);
        return done(std::move(node));
    case TokenKind::LParen: {
        next();
        ExprPtr inner = parseTuple(false, true, {}, true);
        expect(TokenKind::RParen, "')'");
        return inner;
    }
    case TokenKind::LBracket:
        return parseList();
    case TokenKind::LBrace:
        return parseDict();
    default:
        error("unexpected " + describe(token));
    }
}

ExprPtr Parser::parseTuple(bool simplified, bool withCondition, std::string_view endWord, bool parentheses,
                           bool withNamespace) {
    const Level level(*this);
    const int line = current().line;
    std::vector<ExprPtr> items;
    bool isTuple = false;
    while (true) {
        if (!items.empty()) {
            expect(TokenKind::Comma, "','");
        }
        if (at(TokenKind::VariableEnd) || at(TokenKind::BlockEnd) || at(TokenKind::RParen) ||
            (!endWord.empty() && atWord(endWord))) {
            break;
        }
        items.push_back(simplified ? parsePrimary(withNamespace) : parseExpression(withCondition));
        if (!at(TokenKind::Comma)) {
            break;
        }
        isTuple = true;
    }
    if (!isTuple) {
        if (!items.empty()) {
            return std::move(items.front());
        }
        if (!parentheses) {
            error("Expected an expression, got " + describe(current()));
        }
    }
    auto node = make(ExprKind::Tuple, line);
    node->items = std::move(items);
    return done(std::move(node));
}

ExprPtr Parser::parseAssignTarget(std::string_view endWord, bool withNamespace) {
    const int line = current().line;
    ExprPtr target = parseTuple(true, true, endWord, false, withNamespace);
    if (!canAssign(*target)) {
        error("can't assign to this expression", line);
    }
    return target;
}

ExprPtr Parser::parseList() {
    auto node = make(ExprKind::List, next().line);
    while (!at(TokenKind::RBracket)) {
        if (!node->items.empty()) {
            expect(TokenKind::Comma, "','");
        }
        if (at(TokenKind::RBracket)) {
            break;
        }
        node->items.push_back(parseExpression());
    }
    expect(TokenKind::RBracket, "']'");
    return done(std::move(node));
}

ExprPtr Parser::parseDict() {
    auto node = make(ExprKind::Dict, next().line);
    while (!at(TokenKind::RBrace)) {
        if (!node->items.empty()) {
            expect(TokenKind::Comma, "','");
        }
        if (at(TokenKind::RBrace)) {
            break;
        }
        node->items.push_back(parseExpression());
        expect(TokenKind::Colon, "':'");
        node->items.push_back(parseExpression());
    }
    expect(TokenKind::RBrace, "'}'");
    return done(std::move(node));
}

ExprPtr Parser::parsePostfix(ExprPtr node) {
    while (true) {
        if (at(TokenKind::Dot) || at(TokenKind::LBracket)) {
            node = parseSubscript(std::move(node));
        } else if (at(TokenKind::LParen)) {
            node = parseCallOf(std::move(node));
        } else {
            return node;
        }
    }
}

ExprPtr Parser::parseFilters(ExprPtr node) {
    while (true) {
        if (skipIf(TokenKind::Pipe)) {
            node = parseOneFilter(std::move(node));
        } else if (atWord("is")) {
            node = parseTest(std::move(node));
        } else if (at(TokenKind::LParen)) {
            node = parseCallOf(std::move(node));
        } else {
            return node;
        }
    }
}

ExprPtr Parser::parseOneFilter(ExprPtr object) {
    const Token& token = expect(TokenKind::Name, "a filter name");
    auto node = make(ExprKind::Filter, token.line);
    node->text = token.text;
    while (skipIf(TokenKind::Dot)) {
        node->text += "." + expect(TokenKind::Name, "a name").text;
    }
    node->items.push_back(std::move(object));
    if (at(TokenKind::LParen)) {
        parseArguments(*node);
    }
    node->filter = findFilter(node->text);
    if (node->filter == nullptr && !node->soft) {
        m_unknown.push_back({"No filter named '" + node->text + "'.", token.line});
    }
    return done(std::move(node));
}

ExprPtr Parser::parseTest(ExprPtr object) {
    const int line = next().line;
    const bool negated = skipWord("not");
    auto node = make(ExprKind::Test, line);
    node->text = expect(TokenKind::Name, "a test name").text;
    while (skipIf(TokenKind::Dot)) {
        node->text += "." + expect(TokenKind::Name, "a name").text;
    }
    node->items.push_back(std::move(object));
    switch (current().kind) {
    case TokenKind::LParen:
        parseArguments(*node);
        break;
    case TokenKind::Name:
    case TokenKind::String:
    case TokenKind::Integer:
    case TokenKind::Float:
    case TokenKind::LBracket:
    case TokenKind::LBrace:
        if (!atWords({"else", "or", "and"})) {
            if (atWord("is")) {
                error("You cannot chain multiple tests with is");
            }
            node->items.push_back(parsePostfix(parsePrimary()));
        }
        break;
    default:
        break;
    }
    node->test = findTest(node->text);
    if (node->test == nullptr && !node->soft) {
        m_unknown.push_back({"No test named '" + node->text + "'.", line});
    }
    ExprPtr result = done(std::move(node));
    if (negated) {
        auto negation = make(ExprKind::Not, line);
        negation->items.push_back(std::move(result));
        result = done(std::move(negation));
    }
    return result;
}

ExprPtr Parser::parseSubscript(ExprPtr object) {
    const Token& token = next();
    if (token.kind == TokenKind::Dot) {
        const Token& name = next();
        if (name.kind == TokenKind::Name) {
            auto node = make(ExprKind::Attribute, name.line);
            node->text = name.text;
            node->value = Value::string(name.text);
            node->items.push_back(std::move(object));
            return done(std::move(node));
        }
        if (name.kind != TokenKind::Integer) {
            error("expected name or number", name.line);
        }
        auto index = make(ExprKind::Const, name.line);
        index->value = Value::integer(name.integer);
        auto node = make(ExprKind::Item, name.line);
        node->items.push_back(std::move(object));
        node->items.push_back(done(std::move(index)));
        return done(std::move(node));
    }
    std::vector<ExprPtr> parts;
    while (!at(TokenKind::RBracket)) {
        if (!parts.empty()) {
            expect(TokenKind::Comma, "','");
        }
        parts.push_back(parseSubscribed());
    }
    expect(TokenKind::RBracket, "']'");
    ExprPtr argument;
    if (parts.size() == 1) {
        argument = std::move(parts.front());
    } else {
        auto tuple = make(ExprKind::Tuple, token.line);
        tuple->items = std::move(parts);
        argument = done(std::move(tuple));
    }
    auto node = make(ExprKind::Item, token.line);
    node->items.push_back(std::move(object));
    node->items.push_back(std::move(argument));
    return done(std::move(node));
}

ExprPtr Parser::parseSubscribed() {
    const Level level(*this);
    const int line = current().line;
    ExprPtr begin;
    if (!at(TokenKind::Colon)) {
        begin = parseExpression();
        if (!at(TokenKind::Colon)) {
            return begin;
        }
    }
    next();
    const auto part = [this]() -> ExprPtr {
        if (at(TokenKind::Colon) || at(TokenKind::RBracket) || at(TokenKind::Comma)) {
            return nullptr;
        }
        return parseExpression();
    };
    auto node = make(ExprKind::Slice, line);
    node->items.push_back(std::move(begin));
    node->items.push_back(part());
    node->items.push_back(skipIf(TokenKind::Colon) ? part() : nullptr);
    return done(std::move(node));
}

ExprPtr Parser::parseCallOf(ExprPtr object) {
    auto node = make(ExprKind::Call, current().line);
    node->items.push_back(std::move(object));
    parseArguments(*node);
    return done(std::move(node));
}

void Parser::parseArguments(Expr& call) {
    const Level level(*this);
    const int line = expect(TokenKind::LParen, "'('").line;
    const auto ensure = [&](bool fine) {
        if (!fine) {
            error("invalid syntax for function call expression", line);
        }
    };
    bool first = true;
    while (!at(TokenKind::RParen)) {
        if (!first) {
            expect(TokenKind::Comma, "','");
            if (at(TokenKind::RParen)) {
                break;
            }
        }
        first = false;
        if (skipIf(TokenKind::Mul)) {
            ensure(!call.star && !call.doubleStar);
            call.star = parseExpression();
        } else if (skipIf(TokenKind::Pow)) {
            ensure(!call.doubleStar);
            call.doubleStar = parseExpression();
        } else if (at(TokenKind::Name) && look().kind == TokenKind::Assign) {
            ensure(!call.doubleStar);
            const std::string name = next().text;
            next();
            for (const Keyword& keyword : call.keywords) {
                if (keyword.name == name) { // Python's compiler refuses it, not the template parser
                    throw Failure{FaultKind::Runtime, "keyword argument repeated: " + name, line};
                }
            }
            call.keywords.push_back({name, parseExpression()});
        } else {
            ensure(!call.star && !call.doubleStar && call.keywords.empty());
            call.items.push_back(parseExpression());
        }
    }
    next();
}

} // namespace fettle::text::jinja
