// Numbers of JSON. A token is what stands between two structural characters, without white space.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

// Whether a token is a number by JSON's grammar.
bool is_json_number(std::string_view token);

enum class NumberProblem : std::uint8_t { None, BadSyntax, WrongType, OutOfRange };

// A whole number. With a fraction or an exponent it is the wrong type, even where they are zero.
NumberProblem read_integer(std::string_view token, std::int64_t& value);
NumberProblem read_integer(std::string_view token, std::uint64_t& value);

// Any number, as near as the type comes; too near to zero is zero, too far from it out of range.
NumberProblem read_decimal(std::string_view token, float& value);
NumberProblem read_decimal(std::string_view token, double& value);

}  // namespace weir
