import CatalogueModel
import Foundation
import Values

/// The decisions on a call that need nothing but facts in memory: the pipeline asks them of a call under way,
/// `unefois explain` of one that was made. Each gives the code of its refusal, or nil where the call goes on.
package enum Verdict {
    /// Whether the grant has the purpose that the call names, or its token, or the default one.
    static func purpose(_ caller: Caller) -> String? {
        caller.grantID != nil && caller.purpose == nil ? "00452" : nil
    }

    /// Whether one of the scopes is one that the API wants.
    package static func scope(_ operation: APIOperation, _ scopes: ScopeSet) -> String? {
        !operation.wantsScope || operation.acceptedScopes.meets(scopes) ? nil : "00100"
    }

    /// Whether a call that must name a case names one that is open.
    static func caseReference(
        _ reference: String?, of grant: Grant.ID, _ purpose: Purpose, _ register: any CaseRegistering
    ) -> String? {
        guard purpose.requiresCase else { return nil }
        guard let reference = CaseReference.accepted(reference) else { return "00454" }
        switch register.state(of: reference, in: grant) {
        case .open: return nil
        case .unknown: return "00455"
        case .closed: return "00456"
        case .unreadable: return "00511"
        }
    }

    /// Whether calls are left to the purpose.
    static func quota(_ reading: PurposeMeter.Reading?) -> String? { reading?.isExceeded == true ? "00453" : nil }

    /// When the provider opens again; nil where it is open.
    static func maintenance(_ operation: APIOperation, at moment: Date) -> Date? {
        operation.provider.maintenances.end(for: [(operation.source ?? operation).api.id], at: moment)
    }
}

/// A purpose of a grant with its count.
final class PurposeRight: Sendable {
    let purpose: Purpose
    let meter: PurposeMeter

    init(_ purpose: Purpose, _ meter: PurposeMeter) {
        self.purpose = purpose
        self.meter = meter
    }
}

extension GrantRight {
    /// The purpose of a call: the one it names, else that of its token, else the default; nil where there is none such.
    func purpose(named: String?, ofToken: Purpose.ID? = nil) -> PurposeRight? {
        guard let name = named ?? ofToken else { return purposes.first { $0.purpose.isDefault } }
        return purposes.first { $0.purpose.id == name }
    }
}
