import CatalogueModel
import Foundation
import Proofs
import Values

/// What a proof says besides the answer itself.
struct AttestationDraft {
    let operation: APIOperation
    let values: [JSON?]
    let caller: Caller
    let recipient: String?
    let requestID: String
    let wasKept: Bool

    func attestation(of body: JSON, isFictional: Bool, at now: Date) -> Attestation {
        Attestation(
            title: operation.api.title, operation: operation.id, provider: operation.provider.title,
            requestID: requestID, made: now, wasKept: wasKept, organisation: caller.organisationName,
            siret: caller.organisation.flatMap { CompanyNumber.isSiret($0) ? $0 : nil }, recipient: recipient,
            purpose: caller.purpose?.purpose.title, legalBasis: operation.api.legalBasis, isSpecimen: isFictional,
            question: AttestedQuestion.rows(operation, values),
            answer: AttestedAnswer.sections(operation.answer, body))
    }
}

extension Gateway {
    /// Seconds for which the PDF of a proof can be fetched.
    private static let pdfLifetime = 300

    /// The body with the address and code of a new proof and, where wished for, the address of its PDF.
    /// - Throws: where the proof cannot be kept, or the body is not JSON.
    func proven(_ body: [UInt8], _ draft: AttestationDraft, _ wish: Call.ProofWish) async throws -> [UInt8] {
        let json = try JSON(parsing: body)
        let attestation = draft.attestation(of: json, isFictional: parts.isFictional, at: parts.clock.now())
        let secrets = try await parts.proofs.make(attestation)
        let base = parts.publicURL()
        let address = "\(base)/attestations/verification/\(secrets.token)"
        var answer = json.adding(
            [
                .init("pdf_verification_link", .string(address)), .init("pdf_verification_code", .string(secrets.code)),
            ], to: "meta")
        if wish == .pdf {
            let url = try await parts.documents.keep(
                attestation.pdf(address: address, code: secrets.code), name: "attestation-\(draft.operation.api.id)",
                lifetime: Self.pdfLifetime, publicURL: base)
            answer = answer.adding([.init("attestation_pdf", .string(url))], to: "links")
        }
        return answer.bytes
    }
}

extension JSON {
    /// The object with more members in one of its objects.
    fileprivate func adding(_ members: [Member], to key: String) -> JSON {
        guard var own = self.members else { return self }
        if let index = own.firstIndex(where: { $0.key == key }) {
            own[index].value = .object((own[index].value.members ?? []) + members)
        } else {
            own.append(Member(key, .object(members)))
        }
        return .object(own)
    }
}
