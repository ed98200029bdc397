import Values

/// What the organisms hold on one person's family, as the benefits' bus writes it.
struct BenefitFile {
    let family: Family
    let person: Person
    /// True for the child who opens the right to the AEEH, where the family has it.
    let isFirstChild: Bool
    let members: (Int) -> Person
    let today: CivilDate

    /// The quotient familial as of the month asked; nil where the person has no file of their own.
    func quotient(year: String?, month: String?) -> JSON? {
        guard person.isAdult, let quotient = family.quotient else { return nil }
        return [
            "allocataires": .array(family.adults.map { identity(members($0), birthplace: false) }),
            "enfants": .array(family.children.map { identity(members($0), birthplace: false) }),
            "adresse": address, "quotientFamilial": .integer(quotient),
            "annee": .integer(year.flatMap { Int($0) } ?? today.year),
            "mois": .integer(month.flatMap { Int($0) } ?? today.month),
        ]
    }

    /// The data that fix what a family pays to a crèche; nil where the person has no file of their own.
    var childcare: JSON? {
        guard person.isAdult, family.quotient != nil else { return nil }
        return [
            "allocataires": .array(family.adults.map { identity(members($0), birthplace: true) }),
            "enfants": .array(family.children.map { identity(members($0), birthplace: true) }),
            "adresse": address, "nombreBeneficiaireAEH": .integer(family.rights.contains(.aeeh) ? 1 : 0),
            "nombreEnfantACharge": .integer(family.children.count), "montantRessources": .integer(family.resources),
            "annee": .integer(today.year - 2),
        ]
    }

    /// Whether the person is entitled to a benefit, and since when.
    func benefit(_ benefit: CNAVProvider.Benefit) -> JSON {
        guard let (indicator, code, label) = entitlement(to: benefit) else {
            let indicator: JSON = benefit == .c2s ? "NON_BENEFICIAIRE_CSS" : "NON_BENEFICIAIRE"
            return ["indicateur": indicator, "dateIndicateur": .string(startOfMonth), "listePrestation": []]
        }
        let since = JSON.string((benefit == .ars ? startOfSchoolAllowance : family.since).description)
        return [
            "indicateur": .string(indicator), "dateIndicateur": since,
            "listePrestation": [
                [
                    "cd": .string(code), "libelle": .string(label), "dtOuvertureDroit": since,
                    "etat": ["cd": 10, "libelle": "Actif", "dtEffet": since], "organismeRattachement": organism,
                    "organismeGestionnaire": organism,
                ]
            ],
        ]
    }

    private func entitlement(to benefit: CNAVProvider.Benefit) -> (indicator: String, code: String, label: String)? {
        let rights = family.rights
        let yes = "BENEFICIAIRE"
        switch benefit {
        case .aeeh where rights.contains(.aeeh) && person.isAdult: return ("ALLOCATAIRE", "MA1510", "AEEH")
        case .aeeh where rights.contains(.aeeh) && isFirstChild: return ("OUVRANT_DROIT", "MA1510", "AEEH")
        case .c2s where rights.contains(.c2s):
            return ("BENEFICIAIRE_SANS_PARTICIPATION_FINANCIERE", "SS0001", "Complémentaire santé solidaire")
        case .c2s where rights.contains(.c2sWithParticipation):
            return ("BENEFICIAIRE_AVEC_PARTICIPATION_FINANCIERE", "SS0002", "Complémentaire santé solidaire")
        case _ where !person.isAdult: return nil
        case .rsa where rights.contains(.rsaIncreased): return (yes, "FA3102", "RSA majoré")
        case .rsa where rights.contains(.rsa): return (yes, "FA3101", "RSA non majoré")
        case .primeActivite where rights.contains(.primeActiviteIncreased): return (yes, "FA3106", "Prime majorée")
        case .primeActivite where rights.contains(.primeActivite): return (yes, "FA3105", "Prime non majorée")
        case .aah where rights.contains(.aah): return (yes, "FA1001", "AAH")
        case .asf where rights.contains(.asf): return (yes, "FA0115", "ASF")
        case .ars where hasPupil && family.resources <= schoolAllowanceCeiling: return (yes, "FA0702", "ARS")
        default: return nil
        }
    }

    /// The school allowance is paid in August.
    private var startOfSchoolAllowance: CivilDate {
        CivilDate(year: today.month < 8 ? today.year - 1 : today.year, month: 8, day: 1)
    }

    /// A child of six to seventeen years (Code de la sécurité sociale L543-1), counted by the year of birth.
    private var hasPupil: Bool {
        family.children.contains { index in
            (6...17).contains(startOfSchoolAllowance.year - members(index).birthDate(on: today).year)
        }
    }

    /// In euros a year, for the resources of two years before: about what it was in 2025.
    private var schoolAllowanceCeiling: Int { 28_444 + 6_564 * (family.children.count - 1) }

    private var startOfMonth: String { CivilDate(year: today.year, month: today.month, day: 1).description }

    private var organism: JSON {
        family.regime == .msa
            ? ["cd": 2915, "libelle": "MSA DES TERRES FICTIVES"] : ["cd": 3901, "libelle": "CAF DES VILLES FICTIVES"]
    }

    private var address: JSON {
        let first = family.adults.first.map(members)
        let title = first?.sex == .female ? "Madame" : "Monsieur"
        let name = first.map { title + " " + ($0.usageName ?? $0.birthName) + " " + ($0.firstNames.first ?? "") }
        return [
            "identite": .optional(name), "complementInformation": .optional(family.address.complement),
            "complementInformationGeo": .null, "numeroLibelleVoie": .string(family.address.streetLine),
            "lieuDit": .null, "codePostalVille": .string(family.address.cityLine), "pays": "FRANCE",
        ]
    }

    private func identity(_ person: Person, birthplace: Bool) -> JSON {
        let place: [JSON.Member] = birthplace ? [.init("cogNaissance", .optional(person.commune))] : []
        return .object(
            [
                .init("nomNaissance", .string(person.birthName)), .init("nomUsage", .optional(person.usageName)),
                .init("listePrenoms", .string(person.firstNames.joined(separator: " "))),
                .init("dateNaissance", .string(person.birthDate(on: today).description)),
                .init("genre", .string(person.sex.rawValue)),
            ] + place)
    }
}
