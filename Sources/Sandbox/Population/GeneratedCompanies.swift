import Values

extension PopulationBuilder {
    private static let staffOfFirms = [
        (30, "NN"), (10, "00"), (22, "01"), (14, "02"), (9, "03"), (7, "11"), (5, "12"), (2, "21"), (1, "22"),
    ]
    private static let legalForms = [
        (38, "5499"), (12, "5498"), (32, "5710"), (12, "5720"), (4, "5599"), (2, "5202"),
    ]
    private static let signs: [String?] = ["AU BON COIN", "LE SOLEIL", "AU VIEUX PORT", "LE PETIT JOUR"]

    /// Adds companies until there are so many.
    mutating func addCompanies(upTo count: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed ^ 0x5349_5245_4E45)
        companies.reserveCapacity(count)
        var taken = Set(companies.map(\.siren))
        while companies.count < min(count, 1_000_000) {
            // No SIREN starts with 0 in life: nothing said here can be held against a real company.
            let digits = "0" + String(random.within(2_000_000...9_999_999))
            let siren = digits + String(CompanyNumber.checkDigit(for: digits))
            guard taken.insert(siren).inserted else { continue }
            companies.append(company(siren, &random))
        }
    }

    private func company(_ siren: String, _ random: inout SplitMix64) -> Company {
        let trade = random.pick(Trade.all, or: .bakery)
        let owner = random.chance(35) && !families.isEmpty ? families[random.below(families.count)].adults.first : nil
        let year = random.within(1975...2023)
        let created = CivilDate(year: year, month: random.within(1...12), day: random.within(1...28))
        let ceased = random.chance(9) ? CivilDate(year: random.within((year + 1)...2025), month: 6, day: 30) : nil
        let staff = random.weighted(
            owner == nil ? Self.staffOfFirms : [(85, "NN"), (12, "01"), (3, "02")], or: "NN")
        var company = Company(
            siren: siren, name: owner == nil ? name(trade, &random) : "", owner: owner,
            legalForm: owner == nil ? legalForm(trade, &random) : "1000", created: created, ceased: ceased,
            diffusion: random.weighted(
                owner == nil
                    ? [(94, .open), (5, .partial), (1, .closed)] : [(75, .open), (23, .partial), (2, .closed)],
                or: Diffusion.open),
            trade: trade, staff: staff, isSocialEconomy: random.chance(8) ? true : (random.chance(50) ? false : nil),
            establishments: [])
        if owner == nil, random.chance(15) { company.acronym = initials(of: company.name) }
        company.standing = random.weighted(
            [(84, .upToDate), (8, .refused), (4, .manualReview), (1, .underReview), (3, .unknown)], or: .upToDate)
        addEstablishments(to: &company, &random)
        return company
    }

    private func addEstablishments(to company: inout Company, _ random: inout SplitMix64) {
        let others = random.weighted([(62, 0), (20, 1), (10, 2), (5, 3), (3, 4)], or: 0)
        let head = others == 0 ? 0 : random.below(others + 1)
        for rank in 0...others {
            let year = min(2024, company.created.year + (rank == 0 ? 0 : random.within(0...8)))
            var place = Establishment(
                nic: Establishment.nic(rank + 1, of: company.siren), address: address(&random),
                created: rank == 0 ? company.created : CivilDate(year: year, month: 12, day: random.within(1...28)))
            place.isHead = rank == head
            place.diffusion = company.diffusion
            if random.chance(20) { place.sign = random.pick(Self.signs, or: nil) }
            if let ceased = company.ceased {
                place.closed = max(ceased, place.created)
            } else if rank != head, random.chance(30) {
                place.closed = CivilDate(year: 2025, month: random.within(1...12), day: 28)
            }
            company.establishments.append(place)
        }
        guard others > 0, head > 0, let first = company.establishments.first, first.closed != nil else { return }
        let heir = company.establishments[head]
        company.successions.append(
            Succession(
                from: company.siret(first), to: company.siret(heir), date: heir.created, movesHead: true,
                isContinuous: random.chance(80)))
    }

    private func name(_ trade: Trade, _ random: inout SplitMix64) -> String {
        random.chance(50)
            ? trade.word + " " + random.pick(Names.streets, or: "DES ORMES")
            : trade.word + " " + folded(random.pick(Names.families, or: "VERDIER"))
    }

    private func legalForm(_ trade: Trade, _ random: inout SplitMix64) -> String {
        switch trade.word {
        case "AMIS", "CLUB": "9220"
        default: random.weighted(Self.legalForms, or: "5499")
        }
    }

    private func initials(of name: String) -> String { String(name.split(separator: " ").compactMap(\.first)) }
}
