// AdaptedLinear: see the header for the formulas.
#include "engine/adapted_linear.h"

#include "engine/dropout.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace fettle::engine {

AdaptedLinear::AdaptedLinear(FrozenLinear base, at::Tensor bias, std::int64_t layer,
                             std::vector<std::pair<Projection, std::int64_t>> parts)
    : m_base(std::move(base))
    , m_bias(std::move(bias))
    , m_layer(layer) {
    std::int64_t begin = 0;
    for (const auto& [projection, out] : parts) {
        m_parts.push_back({projection, begin, out, nullptr, 0});
        begin += out;
    }
}

void AdaptedLinear::bind(const AdapterStore* store) {
    m_rank = 0;
    m_stacked = true;
    m_dora = store != nullptr && store->config().dora;
    m_norms.reset();
    m_columnScale.reset();
    const AdapterModule* previous = nullptr;
    for (Part& part : m_parts) {
        part.module = store == nullptr ? nullptr : store->find(m_layer, part.projection);
        part.rankBegin = m_rank;
        if (part.module != nullptr) {
            m_stacked = m_stacked && (previous == nullptr ||
                                      previous->aOffset + previous->rank * previous->in == part.module->aOffset);
            previous = part.module;
            m_rank += part.module->rank;
        }
    }
}

at::Tensor AdaptedLinear::a(const at::Tensor& flat, const Part& part) const {
    return flat.narrow(0, part.module->aOffset, part.module->rank * part.module->in)
        .view({part.module->rank, part.module->in});
}

at::Tensor AdaptedLinear::b(const at::Tensor& flat, const Part& part) const {
    return flat.narrow(0, part.module->bOffset, part.module->out * part.module->rank)
        .view({part.module->out, part.module->rank});
}

std::uint64_t AdaptedLinear::key(const AdapterPass& pass, const Part& part) const {
    return dropoutKey(pass.dropoutSeed, m_layer, static_cast<int>(part.projection));
}

at::Tensor AdaptedLinear::weightNorms(const AdapterPass& pass) {
    const std::int64_t out = m_base.outFeatures();
    const at::TensorOptions wide = pass.working.options().dtype(at::kFloat);
    if (!m_squaredNorms.defined()) {
        // The layer keeps its weight in a form of its own; the identity brings W^T back, block by block.
        m_squaredNorms = at::zeros({out}, wide);
        const std::int64_t in = m_base.inFeatures();
        constexpr std::int64_t kBlock = 256;
        for (std::int64_t begin = 0; begin < in; begin += kBlock) {
            const std::int64_t rows = std::min(kBlock, in - begin);
            const at::Tensor unit = at::zeros({rows, in}, pass.working.options());
            unit.narrow(1, begin, rows).fill_diagonal_(1);
            at::Tensor columns = m_base.forward(unit).to(at::kFloat);
            if (m_bias.defined()) {
                columns = columns - m_bias.to(at::kFloat);
            }
            m_squaredNorms.add_(columns.square().sum(0));
        }
    }
    at::Tensor norms = at::ones({out}, wide);
    for (const Part& part : m_parts) {
        if (part.module == nullptr) {
            continue;
        }
        // |W + sBA|^2 by row = |W|^2 + 2 s B (A W^T) + s^2 B (A A^T) B^T.
        const at::Tensor partA = a(pass.working, part);
        const at::Tensor wideA = partA.to(at::kFloat);
        const at::Tensor wideB = b(pass.working, part).to(at::kFloat);
        at::Tensor product = m_base.forward(partA).narrow(1, part.begin, part.out).to(at::kFloat); // [rank, out]
        if (m_bias.defined()) {
            product = product - m_bias.narrow(0, part.begin, part.out).to(at::kFloat);
        }
        const double s = part.module->scale;
        const at::Tensor squared = m_squaredNorms.narrow(0, part.begin, part.out) +
                                   (wideB * product.t()).sum(1) * (2 * s) +
                                   (at::matmul(wideB, at::matmul(wideA, wideA.t())) * wideB).sum(1) * (s * s);
        norms.narrow(0, part.begin, part.out).copy_(squared.clamp_min(0).sqrt());
    }
    return norms;
}

void AdaptedLinear::startMagnitudes(const AdapterPass& pass, const at::Tensor& parameters) {
    if (!m_dora || m_rank == 0) {
        return;
    }
    const at::Tensor norms = weightNorms(pass);
    for (const Part& part : m_parts) {
        if (part.module != nullptr) {
            parameters.narrow(0, part.module->magnitudeOffset, part.out).copy_(norms.narrow(0, part.begin, part.out));
        }
    }
}

void AdaptedLinear::refreshMagnitudes(const AdapterPass& pass, const at::Tensor& parameters) {
    if (!m_dora || m_rank == 0) {
        return;
    }
    m_norms = weightNorms(pass);
    m_columnScale = at::ones_like(m_norms);
    for (const Part& part : m_parts) {
        if (part.module != nullptr) {
            const at::Tensor magnitude = parameters.narrow(0, part.module->magnitudeOffset, part.out);
            m_columnScale.narrow(0, part.begin, part.out).copy_(magnitude / m_norms.narrow(0, part.begin, part.out));
        }
    }
}

at::Tensor AdaptedLinear::down(const AdapterPass& pass, const at::Tensor& x) const {
    const at::Tensor p = at::empty({x.size(0), m_rank}, x.options());
    if (pass.dropout == 0 && m_stacked) {
        for (const Part& part : m_parts) {
            if (part.module != nullptr) {
                pass.ops->projectDown(x,
                                      pass.working.narrow(0, part.module->aOffset, m_rank * part.module->in)
                                          .view({m_rank, part.module->in}),
                                      1.0F, p);
                break;
            }
        }
        return p;
    }
    for (const Part& part : m_parts) {
        if (part.module != nullptr) {
            const at::Tensor input = pass.dropout > 0 ? dropped(x, pass.dropout, key(pass, part)) : x;
            pass.ops->projectDown(input, a(pass.working, part), 1.0F, p.narrow(1, part.rankBegin, part.module->rank));
        }
    }
    return p;
}

at::Tensor AdaptedLinear::lowRankTerm(const AdapterPass& pass, const at::Tensor& p,
                                      const at::Tensor& scaleColumns) const {
    at::Tensor term = at::empty({p.size(0), m_base.outFeatures()}, p.options());
    for (const Part& part : m_parts) {
        const at::Tensor columns = term.narrow(1, part.begin, part.out);
        if (part.module == nullptr) {
            columns.zero_();
        } else {
            pass.ops->projectUp(p.narrow(1, part.rankBegin, part.module->rank), b(pass.working, part),
                                static_cast<float>(part.module->scale), columns, false);
        }
    }
    if (scaleColumns.defined()) {
        term = (term.to(at::kFloat) * scaleColumns).to(p.scalar_type());
    }
    return term;
}

std::vector<LowRankAddend> AdaptedLinear::lowRankTerms(const AdapterPass& pass, const at::Tensor& p) const {
    std::vector<LowRankAddend> terms;
    for (const Part& part : m_parts) {
        if (part.module != nullptr) {
            terms.push_back({p.narrow(1, part.rankBegin, part.module->rank), b(pass.working, part), part.begin,
                             static_cast<float>(part.module->scale)});
        }
    }
    return terms;
}

at::Tensor AdaptedLinear::forward(const AdapterPass& pass, const at::Tensor& x, at::Tensor* p,
                                  const at::Tensor& residual) const {
    if (!pass.active || m_rank == 0) {
        return residual.defined() ? m_base.forwardWide(x, {}, residual) : m_base.forward(x);
    }
    const at::Tensor low = down(pass, x);
    if (p != nullptr && pass.training) {
        *p = low;
    }
    if (!m_dora) {
        const std::vector<LowRankAddend> terms = lowRankTerms(pass, low);
        return residual.defined() ? m_base.forwardWide(x, terms, residual) : m_base.forward(x, terms);
    }
    if (pass.dropout > 0) {
        // y = x W^T + b + (c - 1) (x' W^T) + c s (x' A^T) B^T, x' dropped for each projection by its own mask.
        at::Tensor term = lowRankTerm(pass, low, m_columnScale);
        for (const Part& part : m_parts) {
            if (part.module != nullptr) {
                at::Tensor plain = m_base.forward(dropped(x, pass.dropout, key(pass, part)))
                                       .narrow(1, part.begin, part.out)
                                       .to(at::kFloat);
                if (m_bias.defined()) {
                    plain = plain - m_bias.narrow(0, part.begin, part.out).to(at::kFloat);
                }
                term.narrow(1, part.begin, part.out).add_(plain * (m_columnScale.narrow(0, part.begin, part.out) - 1));
            }
        }
        return residual.defined() ? m_base.forwardWide(x, {}, at::add(residual, term)) : m_base.forward(x, term);
    }
    at::Tensor y = m_base.forwardWide(x, lowRankTerms(pass, low)) * m_columnScale;
    if (m_bias.defined()) {
        y = y + m_bias.to(at::kFloat) * (1 - m_columnScale);
    }
    if (residual.defined()) {
        return y + residual;
    }
    return y.to(x.scalar_type());
}

at::Tensor AdaptedLinear::backwardInput(const AdapterPass& pass, const at::Tensor& dy, const at::Tensor& p,
                                        bool wantInput, Backward& state) const {
    if (!pass.active || m_rank == 0) {
        return wantInput ? m_base.backwardInput(dy) : at::Tensor();
    }
    const std::int64_t in = m_base.inFeatures();
    state.dy = dy;
    const at::Tensor scaled = m_dora ? (dy.to(at::kFloat) * m_columnScale).to(dy.scalar_type()) : dy;
    state.dp = at::empty({dy.size(0), m_rank}, dy.options());
    for (const Part& part : m_parts) {
        if (part.module == nullptr) {
            continue;
        }
        const auto scale = static_cast<float>(part.module->scale);
        const at::Tensor columns = scaled.narrow(1, part.begin, part.out);
        const at::Tensor ranks = state.dp.narrow(1, part.rankBegin, part.module->rank);
        pass.ops->projectDownBackward(columns, b(pass.working, part), scale, ranks);
        pass.ops->addOuter(columns, p.narrow(1, part.rankBegin, part.module->rank), scale, b(pass.staging, part));
    }
    if (!wantInput) {
        return {};
    }
    if (pass.dropout == 0 && m_stacked) {
        const auto first = std::find_if(m_parts.begin(), m_parts.end(), [](const Part& part) { return part.module; });
        const at::Tensor all = pass.working.narrow(0, first->module->aOffset, m_rank * in).view({m_rank, in});
        return m_base.backwardInput(scaled, std::vector<LowRankAddend>{{state.dp, all, 0, 1.0F}});
    }
    at::Tensor sum = at::zeros({dy.size(0), in}, dy.options().dtype(at::kFloat));
    for (const Part& part : m_parts) {
        if (part.module == nullptr) {
            continue;
        }
        at::Tensor through = at::empty({dy.size(0), in}, dy.options());
        pass.ops->projectUpBackward(state.dp.narrow(1, part.rankBegin, part.module->rank), a(pass.working, part), 1.0F,
                                    through, false);
        if (pass.dropout > 0) {
            if (m_dora) {
                const at::Tensor masked = at::zeros_like(dy);
                const at::Tensor columns = dy.narrow(1, part.begin, part.out).to(at::kFloat) *
                                           (m_columnScale.narrow(0, part.begin, part.out) - 1);
                masked.narrow(1, part.begin, part.out).copy_(columns);
                through = m_base.backwardInput(masked, through);
            }
            through = dropped(through, pass.dropout, key(pass, part));
        }
        sum.add_(through);
    }
    return m_base.backwardInput(m_dora && pass.dropout == 0 ? scaled : dy, sum.to(dy.scalar_type()));
}

void AdaptedLinear::gradients(const AdapterPass& pass, const at::Tensor& x, const at::Tensor& p,
                              const Backward& state) const {
    if (!pass.active || m_rank == 0) {
        return;
    }
    if (pass.dropout == 0 && m_stacked) {
        for (const Part& part : m_parts) {
            if (part.module != nullptr) {
                pass.ops->addOuter(state.dp, x, 1.0F,
                                   pass.staging.narrow(0, part.module->aOffset, m_rank * part.module->in)
                                       .view({m_rank, part.module->in}));
                break;
            }
        }
    }
    at::Tensor whole; // x W^T + s (x A^T) B^T of all columns
    for (const Part& part : m_parts) {
        if (part.module == nullptr) {
            continue;
        }
        const at::Tensor input = pass.dropout > 0 ? dropped(x, pass.dropout, key(pass, part)) : x;
        if (pass.dropout > 0 || !m_stacked) {
            pass.ops->addOuter(state.dp.narrow(1, part.rankBegin, part.module->rank), input, 1.0F,
                               a(pass.staging, part));
        }
        if (m_dora) {
            if (!whole.defined() || pass.dropout > 0) {
                whole = m_base.forward(input, lowRankTerms(pass, p)).to(at::kFloat);
                if (m_bias.defined()) {
                    whole = whole - m_bias.to(at::kFloat);
                }
            }
            const at::Tensor perColumn =
                (state.dy.narrow(1, part.begin, part.out).to(at::kFloat) * whole.narrow(1, part.begin, part.out))
                    .sum(0);
            pass.staging.narrow(0, part.module->magnitudeOffset, part.out)
                .add_(perColumn / m_norms.narrow(0, part.begin, part.out));
        }
    }
}

} // namespace fettle::engine
