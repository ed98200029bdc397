import Foundation

/// The ledgers of others that this instance is a witness of.
public struct WitnessedLedgers: Sendable, Hashable, CustomStringConvertible {
    /// Their public keys, as their instances give them at `/ledger/key`.
    public let texts: [String]

    public var isEmpty: Bool { texts.isEmpty }
    public var description: String { texts.joined(separator: ",") }
}

extension SettingKind<WitnessedLedgers> {
    /// Keys in the C2SP form, separated by commas.
    static let noteKeys = Self(expectation: "des clés « nom+empreinte+base64 », séparées par des virgules") { text in
        let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        return parts.allSatisfy(SettingKind<String>.isNoteKey) ? WitnessedLedgers(texts: parts) : nil
    }
}

extension SettingKind<String> {
    /// One key in the C2SP form.
    static let noteKey = Self(expectation: "une clé « nom+empreinte+base64 »") { isNoteKey($0) ? $0 : nil }

    fileprivate static func isNoteKey(_ text: String) -> Bool {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 && parts[1].count == 8 && Data(base64Encoded: String(parts[2]))?.count == 33
    }
}

extension Settings.Keys {
    static let ledgerWitnessURL = SettingKey(
        "ledger.witness.url", SettingKind<String>.baseAddress.optional, default: nil, shown: "aucun",
        help: "témoin qui signe les points de contrôle du registre : adresse à laquelle s’ajoute « /add-checkpoint »")
    static let ledgerWitnessKey = SettingKey(
        "ledger.witness.key", SettingKind<String>.noteKey.optional, default: nil, shown: "aucune",
        help: "clé publique de ce témoin")
    static let ledgerWitnessed = SettingKey(
        "ledger.witnessed", SettingKind<WitnessedLedgers>.noteKeys, default: WitnessedLedgers(texts: []),
        shown: "aucun", help: "clés des registres dont cette instance est le témoin")
}
