import Values

extension PopulationBuilder {
    /// The companies every population starts with. Their numbers start with 0, which no company's does in life.
    mutating func addFeaturedCompanies() {
        addOrdinaryCompanies()
        addCompaniesOfRestrictedDiffusion()
        addCompaniesWithoutAnswer()
        addCompaniesWithoutCertificate()
        addAssociationAndFoundation()
    }

    private mutating func addOrdinaryCompanies() {
        var active = Self.company("012345674", "BOULANGERIE DES QUATRE VENTS", places: 2)
        active.acronym = "BQV"
        active.isSocialEconomy = false
        active.establishments[1].sign = "LE FOURNIL DU PORT"
        add(active, "entreprise-active", "Société active, deux établissements, à jour de ses cotisations")
        let owner = people.firstIndex { $0.birthName == "GRANGIER" }
        let sole = Self.company("010000016", "", owner: owner, staff: "NN")
        add(sole, "entrepreneur-individuel", "Entrepreneur individuel, diffusible")
        var moved = Self.company("010000024", "MENUISERIE DU BEFFROI", places: 2, head: 1)
        moved.establishments[0].closed = CivilDate(year: 2021, month: 6, day: 30)
        moved.successions = [
            Succession(
                from: moved.siret(moved.establishments[0]), to: moved.siret(moved.establishments[1]),
                date: CivilDate(year: 2021, month: 7, day: 1), movesHead: true, isContinuous: true)
        ]
        add(moved, "etablissement-ferme", "Établissement fermé, remplacé par le siège actuel", establishment: 0)
        add(moved, "succession", "Siège qui succède à un établissement fermé", isNew: false)
        var ceased = Self.company("010000032", "TRANSPORTS DE LA PASSERELLE")
        ceased.ceased = CivilDate(year: 2022, month: 12, day: 31)
        ceased.establishments[0].closed = ceased.ceased
        ceased.standing = .unknown
        add(ceased, "entreprise-cessee", "Société cessée fin 2022")
    }

    private mutating func addCompaniesOfRestrictedDiffusion() {
        var legal = Self.company("010000040", "CONSEIL DES GLYCINES")
        legal.restrict(to: .partial)
        add(legal, "partiellement-diffusible-pm", "Personne morale partiellement diffusible")
        var natural = Self.company(
            "010000057", "", owner: people.firstIndex { $0.birthName == "DELCOURT" }, staff: "NN")
        natural.restrict(to: .partial)
        add(natural, "partiellement-diffusible-pp", "Entrepreneur individuel partiellement diffusible")
        var hidden = Self.company("010000065", "", owner: people.firstIndex { $0.birthName == "PRUVOST" }, staff: "NN")
        hidden.restrict(to: .closed)
        add(hidden, "non-diffusible", "Entrepreneur individuel non diffusible")
    }

    private mutating func addCompaniesWithoutAnswer() {
        var duplicate = Self.company("010000073", "BOULANGERIE DES QUATRE VENTS")
        duplicate.fate = .duplicate(of: "012345674")
        duplicate.standing = .unknown
        add(duplicate, "doublon-redirige", "Doublon : le répertoire renvoie vers l'entreprise active")
        var forbidden = Self.company("010000081", "ATELIER INTERDIT")
        forbidden.fate = .forbidden
        forbidden.standing = .unknown
        add(forbidden, "interdite", "Unité que le répertoire refuse de communiquer : 451")
    }

    private mutating func addCompaniesWithoutCertificate() {
        let standings: [(String, String, Standing, String, String)] = [
            ("010000099", "ELECTRICITE DU CADRAN", .refused, "attestation-refusee", "Attestation de vigilance refusée"),
            ("010000107", "NETTOYAGE DES ORMES", .manualReview, "attestation-manuelle", "Vérification manuelle"),
            ("010000115", "GARAGE DU VIEUX LAVOIR", .underReview, "attestation-en-cours", "Vérification en cours"),
            ("010000123", "AGENCE DES MURIERS", .unknown, "attestation-inconnue", "Société inconnue de l'Urssaf : 404"),
        ]
        for (siren, name, standing, key, description) in standings {
            var company = Self.company(siren, name)
            company.standing = standing
            add(company, key, description)
        }
    }

    private mutating func addAssociationAndFoundation() {
        var association = Self.company(
            "010000131", "LES AMIS DU CANAL", staff: "03", legalForm: "9220", trade: .associative, places: 3)
        association.acronym = "LADC"
        association.isSocialEconomy = true
        association.establishments[1].sign = "LA MAISON DE L'ECLUSE"
        association.establishments[2].closed = CivilDate(year: 2023, month: 12, day: 31)
        add(association, "association", "Association loi 1901, deux établissements ouverts et un fermé")
        let foundation = Self.company(
            "010000149", "FONDATION DES PHARES", staff: "02", legalForm: "9300", trade: .associative)
        add(foundation, "fondation", "Fondation reconnue d'utilité publique")
    }

    private mutating func add(
        _ company: Company, _ key: String, _ description: String, establishment: Int? = nil, isNew: Bool = true
    ) {
        if isNew { companies.append(company) }
        cases.append(
            Population.Case(
                key: key, description: description, company: companies.count - 1, establishment: establishment))
    }

    private static func company(
        _ siren: String, _ name: String, owner: Int? = nil, staff: String = "12", legalForm: String = "5710",
        trade: Trade = .bakery, places: Int = 1, head: Int = 0
    ) -> Company {
        let created = CivilDate(year: 2012, month: 9, day: 3)
        let establishments = (0..<places).map { rank in
            Establishment(
                nic: Establishment.nic(rank + 1, of: siren),
                address: Address(
                    number: 7 + rank, type: "RUE", street: "DU FOUR A CHAUX", complement: nil, commune: "44109"),
                created: rank == 0 ? created : CivilDate(year: 2018, month: 3, day: 15), isHead: rank == head)
        }
        return Company(
            siren: siren, name: name, owner: owner, legalForm: owner == nil ? legalForm : "1000", created: created,
            trade: trade, staff: staff, establishments: establishments)
    }
}

extension Company {
    /// Restricts the company and all its establishments.
    fileprivate mutating func restrict(to diffusion: Diffusion) {
        self.diffusion = diffusion
        for index in establishments.indices { establishments[index].diffusion = diffusion }
    }
}
