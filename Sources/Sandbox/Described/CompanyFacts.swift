import Values

/// What simulators written in files know of a company.
extension Population {
    /// - Parameter siret: the establishment asked about; nil: the head office.
    func facts(ofCompany index: Int, siret: String?) -> JSON {
        let company = companies[index]
        let asked = company.establishments.first { company.siret($0) == siret } ?? company.head
        return [
            "number": .integer(index + 1), "key": .optional(companyKeys[index]), "siren": .string(company.siren),
            "siret": .optional(company.head.map(company.siret)), "name": .string(displayName(of: company)),
            "isNaturalPerson": .bool(company.owner != nil), "acronym": .optional(company.acronym),
            "legalForm": .string(company.legalForm), "created": .string(company.created.description),
            "ceased": .optional(company.ceased?.description), "diffusion": .string(company.diffusion.rawValue),
            "trade": [
                "naf": .string(company.trade.nafRev2), "naf25": .string(company.trade.naf25),
                "word": .string(company.trade.word),
            ],
            "staff": .string(company.staff), "isSocialEconomy": company.isSocialEconomy.map(JSON.bool) ?? .null,
            "isAssociation": .bool(company.isAssociation),
            "rna": .optional(company.isAssociation ? company.associationNumber : nil),
            "manager": facts(ofPerson: company.owner ?? adult(for: index)),
            "establishment": asked.map { facts(of: $0, company) } ?? .null,
            "establishments": .array(company.establishments.map { facts(of: $0, company) }),
        ]
    }

    private func displayName(of company: Company) -> String {
        company.owner.map { people[$0].fullName } ?? company.name
    }

    private func facts(of place: Establishment, _ company: Company) -> JSON {
        [
            "siret": .string(company.siret(place)), "nic": .string(place.nic), "isHead": .bool(place.isHead),
            "created": .string(place.created.description), "closed": .optional(place.closed?.description),
            "sign": .optional(place.sign), "address": address(place.address),
        ]
    }

    /// Who runs a company that nobody runs in their own name.
    private func adult(for index: Int) -> Int {
        families.isEmpty ? 0 : families[(index * 7 + 3) % families.count].adults.lowerBound
    }
}

extension Company {
    /// An association of the law of 1901.
    var isAssociation: Bool { legalForm.hasPrefix("92") }

    /// A number at the register of associations (RNA): one that no prefecture gives out.
    var associationNumber: String { "W9Z" + siren.dropFirst().prefix(7) }

    /// The SIREN that an association's number was made of.
    static func siren(ofAssociation number: String) -> String? {
        guard number.hasPrefix("W9Z"), number.utf8.count == 10 else { return nil }
        let digits = "0" + number.dropFirst(3)
        return digits + String(CompanyNumber.checkDigit(for: digits))
    }
}
