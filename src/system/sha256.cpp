// SHA-256 by OpenSSL.
#include "dropsweep/system/sha256.hpp"

#include <openssl/evp.h>

#include "dropsweep/text/error.hpp"

namespace dropsweep::system {
namespace {

void check(int status) {
    if (status != 1) throw Error(ExitCode::failure, "SHA-256 is not available in OpenSSL; check its configuration");
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Sha256::update(std::span<const std::byte> bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Digest Sha256::finish() {
    Digest digest{};
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
    return digest;
}

}  // namespace dropsweep::system
