import Foundation
import Hummingbird
import JOSE
import Values

extension Gateway {
    /// Whose token a call carries, once the call has shown that it may carry it.
    ///
    /// A token that is bound to nothing is looked up and that is all. One bound to a key costs a signature's check and a
    /// question to the proofs seen, which only calls with `Authorization: DPoP` wait for.
    /// - Returns: the holder, or the code of the refusal.
    func holder(
        of call: Call, _ snapshot: HubSnapshot, now: Date
    ) async -> Result<Credentials.Holder, Credentials.Refused> {
        guard let dpop = call.dpop else {
            return credentials.holder(
                call.bearer ?? call.apiKey, snapshot, certificate: call.clientCertificate, now: now)
        }
        do throws(Credentials.Refused) {
            let bound = try credentials.bound(dpop.token, snapshot, certificate: call.clientCertificate, now: now).get()
            let request = DPoPProof.Request(
                method: call.method, url: parts.publicURL() + call.path, token: dpop.token)
            try await useOnce(try DPoPProof(dpop.proofs, of: request, expected: bound.key, now: now))
            return .success(bound.holder)
        } catch {
            return .failure(error)
        }
    }

    private func useOnce(_ proof: DPoPProof) async throws(Credentials.Refused) {
        let isFirst: Bool
        do {
            isFirst = try await parts.seenProofs.isFirst(proof.id, until: proof.end)
        } catch {
            throw Credentials.Refused(code: "00464")
        }
        guard isFirst else { throw Credentials.Refused(code: "00461") }
    }
}
