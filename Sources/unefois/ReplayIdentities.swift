import CatalogueModel
import Crypto
import Foundation
import Values
import Yams

/// FranceConnect identities of the entries, as test cases for the simulated FranceConnect: one made-up token each.
struct Identities {
    let folder: URL

    init(_ entries: [ReplayIndex.Entry], scopes: [String], folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for entry in entries where entry.operations.contains(where: { $0.hasSuffix("france_connect") }) {
            let payload: JSON = ["token_introspection": Self.introspection(entry, scopes)]
            let text = try Yams.dump(
                object: ["params": ["token": Self.token(entry)], "status": 200, "payload": payload.serialized]
                    as [String: Any])
            try text.write(to: folder.appending(path: Self.token(entry) + ".yaml"), atomically: true, encoding: .utf8)
        }
    }

    static func token(_ entry: ReplayIndex.Entry) -> String {
        let key = entry.file + entry.parameters.map { $0.name + $0.value.serialized }.joined()
        return "replay-"
            + SHA256.hash(data: Data(key.utf8)).prefix(12).map { String($0, radix: 16) }.joined(separator: "")
    }

    private static func introspection(_ entry: ReplayIndex.Entry, _ scopes: [String]) -> JSON {
        let given = Dictionary(entry.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        func number(_ name: String, _ width: Int) -> String {
            CivilDate.padded(given[name]?.int ?? 0, width)
        }
        let names = given["prenoms"]?.items?.compactMap(\.text) ?? []
        let born =
            number("anneeDateNaissance", 4) + "-" + number("moisDateNaissance", 2) + "-"
            + number("jourDateNaissance", 2)
        return [
            "active": true, "scope": .string((["openid", "identite_pivot"] + scopes).joined(separator: " ")),
            "gender": given["sexeEtatCivil"] == "M" ? "male" : "female",
            "family_name": given["nomNaissance"] ?? "", "given_name": .string(names.joined(separator: " ")),
            "given_name_array": .array(names.map(JSON.string)), "birthdate": .string(born),
            "birthplace": given["codeCogInseeCommuneNaissance"] ?? "",
            "birthcountry": given["codeCogInseePaysNaissance"] ?? "99100",
        ]
    }
}
