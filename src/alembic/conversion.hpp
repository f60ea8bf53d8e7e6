// SPDX-License-Identifier: Apache-2.0
// From what Alembic rendered to headgate's revision files: pure, no input or output.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "alembic/rendering.hpp"
#include "base/dialect_id.hpp"

namespace headgate::alembic {

// Something that a person has to know about an imported revision.
struct Finding {
    enum class Kind {
        hole,          // it refuses to load until a person has filled it in
        irreversible,  // it has no downgrade section
        note,
    };
    Kind kind = Kind::note;
    std::string file;
    std::size_t line = 0;
    std::string revision;
    std::string text;
};

struct ConvertedFile {
    std::string name;
    std::string text;
    std::vector<Finding> findings;
};

using RenderingsByDialect = std::map<base::DialectId, Renderings>;

ConvertedFile convert(const Source& source, const RenderingsByDialect& renderings);

}  // namespace headgate::alembic
