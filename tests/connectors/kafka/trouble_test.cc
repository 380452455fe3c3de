#include "connectors/kafka/trouble.h"

#include <gmock/gmock.h>

namespace weir::kafka {
namespace {

struct Case {
  rd_kafka_resp_err_t code;
  ErrorKind kind;
};

constexpr Case kCases[] = {
    {RD_KAFKA_RESP_ERR__TRANSPORT, ErrorKind::Unavailable},
    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, ErrorKind::Unavailable},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, ErrorKind::Unavailable},
    {RD_KAFKA_RESP_ERR__FENCED, ErrorKind::Unavailable},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, ErrorKind::Unavailable},
    {RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, ErrorKind::Unavailable},
    {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, ErrorKind::Unavailable},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ErrorKind::NotFound},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, ErrorKind::NotFound},
    {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, ErrorKind::NotFound},
    {RD_KAFKA_RESP_ERR__LOG_TRUNCATION, ErrorKind::NotFound},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, ErrorKind::Invalid},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, ErrorKind::Invalid},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, ErrorKind::Invalid},
    {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, ErrorKind::Invalid},
    {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, ErrorKind::Invalid},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, ErrorKind::Incompatible},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE, ErrorKind::Incompatible},
    {RD_KAFKA_RESP_ERR__BAD_MSG, ErrorKind::Corrupt},
};

TEST(KafkaTrouble, OnlyWhatMayWorkLaterIsUnavailable) {
  for (const auto& [code, kind] : kCases) {
    SCOPED_TRACE(rd_kafka_err2name(code));
    EXPECT_EQ(kind_of(code), kind);
    EXPECT_TRUE(!is_passing(code) || kind == ErrorKind::Unavailable);
  }
}

// A new start would meet it again, or hide it.
TEST(KafkaTrouble, LostRecordsAreSaidToBeLost) {
  for (const auto& [code, kind] : kCases) {
    SCOPED_TRACE(rd_kafka_err2name(code));
    const bool is_said = explain(code, "text").starts_with("records are lost");
    EXPECT_EQ(is_said, is_loss(code));
  }
}

}  // namespace
}  // namespace weir::kafka
