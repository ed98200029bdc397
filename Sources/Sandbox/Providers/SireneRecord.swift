import Values

/// A company as Sirene writes it.
struct SireneRecord {
    let subject: Company
    let owner: Person?

    init(of company: Company, owner: Person?) {
        subject = company
        self.owner = owner
    }

    /// `uniteLegale` of a request by SIREN, with its periods, the latest first.
    var company: JSON {
        .object(
            [
                .init("siren", .string(subject.siren)),
                .init("statutDiffusionUniteLegale", .string(subject.diffusion.rawValue)),
                .init("dateCreationUniteLegale", .string(subject.created.description)),
                .init("sigleUniteLegale", .optional(subject.acronym)),
            ] + firstNames + [
                .init("identifiantAssociationUniteLegale", .null),
                .init("trancheEffectifsUniteLegale", .string(subject.staff)),
                .init("anneeEffectifsUniteLegale", staffYear), .init("dateDernierTraitementUniteLegale", processed),
                .init("nombrePeriodesUniteLegale", .integer(subject.ceased == nil ? 1 : 2)),
                .init("categorieEntreprise", category), .init("anneeCategorieEntreprise", categoryYear),
                .init("activitePrincipaleNAF25UniteLegale", .string(subject.trade.naf25)),
                .init("periodesUniteLegale", .array(companyPeriods)),
            ])
    }

    /// `etablissement`, with the company that it belongs to.
    func establishment(_ place: Establishment) -> JSON {
        let isPeriodic = place.closed != nil
        return [
            "siren": .string(subject.siren), "nic": .string(place.nic), "siret": .string(subject.siret(place)),
            "statutDiffusionEtablissement": .string(place.diffusion.rawValue),
            "dateCreationEtablissement": .string(place.created.description),
            "trancheEffectifsEtablissement": .string(place.isHead ? subject.staff : "NN"),
            "anneeEffectifsEtablissement": place.isHead ? staffYear : .null,
            "activitePrincipaleRegistreMetiersEtablissement": .null, "dateDernierTraitementEtablissement": processed,
            "etablissementSiege": .bool(place.isHead), "nombrePeriodesEtablissement": isPeriodic ? 2 : 1,
            "activitePrincipaleNAF25Etablissement": .string(subject.trade.naf25), "uniteLegale": embeddedCompany,
            "adresseEtablissement": address(place.address), "adresse2Etablissement": Self.secondAddress,
            "periodesEtablissement": .array(periods(of: place)),
        ]
    }

    private var embeddedCompany: JSON {
        .object(
            [
                .init("etatAdministratifUniteLegale", subject.ceased == nil ? "A" : "C"),
                .init("statutDiffusionUniteLegale", .string(subject.diffusion.rawValue)),
                .init("dateCreationUniteLegale", .string(subject.created.description)),
                .init("sigleUniteLegale", .optional(subject.acronym)),
            ] + firstNames + names + activity + [
                .init("identifiantAssociationUniteLegale", .null),
                .init("trancheEffectifsUniteLegale", .string(subject.staff)),
                .init("anneeEffectifsUniteLegale", staffYear), .init("dateDernierTraitementUniteLegale", processed),
                .init("categorieEntreprise", category), .init("anneeCategorieEntreprise", categoryYear),
                .init("activitePrincipaleNAF25UniteLegale", .string(subject.trade.naf25)),
            ])
    }

    private var firstNames: [JSON.Member] {
        let names = owner?.firstNames.map(folded) ?? []
        let numbered = (0..<4).map { rank in
            JSON.Member("prenom\(rank + 1)UniteLegale", .optional(rank < names.count ? names[rank] : nil))
        }
        return [.init("sexeUniteLegale", .optional(owner?.sex.rawValue))] + numbered + [
            .init("prenomUsuelUniteLegale", .optional(names.first)), .init("pseudonymeUniteLegale", .null),
        ]
    }

    private var names: [JSON.Member] {
        [
            .init("nomUniteLegale", .optional(owner.map { folded($0.birthName) })),
            .init("nomUsageUniteLegale", .optional(owner?.usageName.map(folded))),
            .init("denominationUniteLegale", .optional(owner == nil ? subject.name : nil)),
            .init("denominationUsuelle1UniteLegale", .null), .init("denominationUsuelle2UniteLegale", .null),
            .init("denominationUsuelle3UniteLegale", .null),
            .init("categorieJuridiqueUniteLegale", .string(subject.legalForm)),
        ]
    }

    private var activity: [JSON.Member] {
        [
            .init("activitePrincipaleUniteLegale", .string(subject.trade.nafRev2)),
            .init("nomenclatureActivitePrincipaleUniteLegale", "NAFRev2"),
            .init("nicSiegeUniteLegale", .optional(subject.head?.nic)),
            .init("economieSocialeSolidaireUniteLegale", subject.isSocialEconomy.map { $0 ? "O" : "N" } ?? .null),
            .init("caractereEmployeurUniteLegale", isEmployer ? "O" : "N"),
        ]
    }

    private var companyPeriods: [JSON] {
        spans(from: subject.created, to: subject.ceased).map { span in
            .object(
                [
                    .init("dateFin", .optional(span.end?.description)),
                    .init("dateDebut", .string(span.start.description)),
                    .init("etatAdministratifUniteLegale", span.isOver ? "C" : "A"),
                    .init("changementEtatAdministratifUniteLegale", .bool(span.isOver)),
                ] + names + activity + [
                    .init("changementNomUniteLegale", false), .init("changementNomUsageUniteLegale", false),
                    .init("changementDenominationUniteLegale", false),
                    .init("changementDenominationUsuelleUniteLegale", false),
                    .init("changementCategorieJuridiqueUniteLegale", false),
                    .init("changementActivitePrincipaleUniteLegale", false),
                    .init("changementNicSiegeUniteLegale", false),
                    .init("changementEconomieSocialeSolidaireUniteLegale", false),
                    .init("changementCaractereEmployeurUniteLegale", false),
                ])
        }
    }

    private func periods(of place: Establishment) -> [JSON] {
        spans(from: place.created, to: place.closed).map { span in
            [
                "dateFin": .optional(span.end?.description), "dateDebut": .string(span.start.description),
                "etatAdministratifEtablissement": span.isOver ? "F" : "A",
                "changementEtatAdministratifEtablissement": .bool(span.isOver),
                "enseigne1Etablissement": .optional(place.sign), "enseigne2Etablissement": .null,
                "enseigne3Etablissement": .null, "changementEnseigneEtablissement": false,
                "denominationUsuelleEtablissement": .null, "changementDenominationUsuelleEtablissement": false,
                "activitePrincipaleEtablissement": .string(subject.trade.nafRev2),
                "nomenclatureActivitePrincipaleEtablissement": "NAFRev2",
                "changementActivitePrincipaleEtablissement": false,
                "caractereEmployeurEtablissement": isEmployer && place.isHead ? "O" : "N",
                "changementCaractereEmployeurEtablissement": false,
            ]
        }
    }

    /// The life of something: one span where it lives, else the present one after that of its life.
    private func spans(
        from start: CivilDate, to end: CivilDate?
    ) -> [(start: CivilDate, end: CivilDate?, isOver: Bool)] {
        guard let end else { return [(start, nil, false)] }
        return [(end, nil, true), (start, end.dayBefore, false)]
    }

    private var isEmployer: Bool { subject.staff != "NN" && subject.staff != "00" }
    private var staffYear: JSON { subject.staff == "NN" ? .null : "2023" }
    private var category: JSON { subject.owner == nil ? "PME" : .null }
    private var categoryYear: JSON { subject.owner == nil ? "2023" : .null }
    private var processed: JSON {
        let date = subject.ceased ?? CivilDate(year: 2025, month: 3, day: 29)
        return .string(date.description + "T09:30:15")
    }
}

extension SireneRecord {
    private func address(_ address: Address) -> JSON {
        [
            "complementAdresseEtablissement": .optional(address.complement),
            "numeroVoieEtablissement": .string(String(address.number)), "indiceRepetitionEtablissement": .null,
            "typeVoieEtablissement": .string(address.type), "libelleVoieEtablissement": .string(address.street),
            "codePostalEtablissement": .optional(address.place?.postcode),
            "libelleCommuneEtablissement": .optional(address.place?.label),
            "libelleCommuneEtrangerEtablissement": .null, "distributionSpecialeEtablissement": .null,
            "codeCommuneEtablissement": .string(address.commune), "codeCedexEtablissement": .null,
            "libelleCedexEtablissement": .null, "codePaysEtrangerEtablissement": .null,
            "libellePaysEtrangerEtablissement": .null,
        ]
    }

    private static let secondAddress = JSON.object(
        [
            "complementAdresse2", "numeroVoie2", "indiceRepetition2", "typeVoie2", "libelleVoie2", "codePostal2",
            "libelleCommune2", "libelleCommuneEtranger2", "distributionSpeciale2", "codeCommune2", "codeCedex2",
            "libelleCedex2", "codePaysEtranger2", "libellePaysEtranger2",
        ].map { .init($0 + "Etablissement", .null) })
}

extension CivilDate {
    /// The day before a complete date.
    fileprivate var dayBefore: CivilDate {
        if day > 1 { return CivilDate(year: year, month: month, day: day - 1) }
        return endOfMonth(after: -1)
    }
}
