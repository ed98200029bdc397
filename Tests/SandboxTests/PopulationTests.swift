import Foundation
import Testing
import Values

@testable import Sandbox

struct PopulationTests {
    private func population(seed: UInt64 = 7, families: Int = 400, at date: Date = may) -> Population {
        Population(seed: seed, families: families, companies: 200, clock: .fixed(date))
    }

    @Test func `a seed always gives the same people and companies`() {
        let (first, second) = (population(), population())
        #expect(first.people.map(\.fullName) == second.people.map(\.fullName))
        #expect(first.people.map(\.birth) == second.people.map(\.birth))
        #expect(first.companies.map(\.siren) == second.companies.map(\.siren))
        #expect(first.companies.map(\.name) == second.companies.map(\.name))
        #expect(first.students.map(\.number) == second.students.map(\.number))
    }

    @Test func `another seed gives other people but the same hand-written cases`() {
        let (first, second) = (population(), population(seed: 8))
        #expect(first.people.map(\.fullName) != second.people.map(\.fullName))
        #expect(first.featured.map(\.key) == second.featured.map(\.key))
        #expect(
            first.featured.map { $0.parameters.map(\.value) } == second.featured.map { $0.parameters.map(\.value) })
    }

    @Test func `the generator draws what its authors published for the seed 0`() {
        var random = SplitMix64(seed: 0)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
    }

    @Test func `the first family, student and company are the promised ones`() throws {
        let featured = population().featured
        let family = try #require(featured.first)
        #expect(family.key == "famille-deux-enfants")
        #expect(
            family.parameters.map { $0.name + "=" + $0.value } == [
                "nomNaissance=LEFEBVRE", "prenoms[]=CLAIRE", "prenoms[]=MARIE", "anneeDateNaissance=1987",
                "moisDateNaissance=6", "jourDateNaissance=27", "sexeEtatCivil=F", "codeCogInseePaysNaissance=99100",
                "codeCogInseeCommuneNaissance=08480",
            ])
        let student = try #require(featured.first { $0.kind == .student })
        #expect(student.parameters.contains { $0 == ("ine", "0123456789A") })
        #expect(student.parameters.contains { $0 == ("codeCogInseeCommuneNaissance", "75114") })
        let company = try #require(featured.first { $0.kind == .company })
        #expect(company.parameters.map(\.value) == ["012345674", "01234567400019"])
    }

    @Test func `the keys of the cases are unique and in kebab case`() {
        let keys = population().featured.compactMap(\.key)
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil })
    }

    @Test func `every company number passes the Luhn check and belongs to nobody`() {
        for company in population().companies {
            #expect(CompanyNumber.isSiren(company.siren) && company.siren.hasPrefix("0"))
            #expect(company.establishments.allSatisfy { CompanyNumber.isSiret(company.siret($0)) })
            #expect(company.establishments.count { $0.isHead } == 1)
        }
    }

    @Test func `every place is one of the official code`() {
        let population = population()
        #expect(population.people.allSatisfy { $0.commune.map { Places.commune($0) != nil } ?? true })
        #expect(population.families.allSatisfy { $0.address.place != nil })
        #expect(population.companies.flatMap(\.establishments).allSatisfy { $0.address.place != nil })
        #expect(Places.communes.count > 140)
    }

    @Test func `no generated person bears the name of a hand-written one`() {
        let featured = Set(population(families: 0).people.map { folded($0.birthName) })
        #expect(featured.isDisjoint(with: (Names.families + Names.compounds).map { folded($0) }))
    }

    @Test(arguments: [may, Date(timeIntervalSince1970: 1_804_000_000), Date(timeIntervalSince1970: 1_900_000_000)])
    func `a child of three is three on any day`(date: Date) throws {
        let population = population(at: date)
        let child = try #require(population.people.first { $0.firstNames == ["ZOÉ"] && $0.constantAge != nil })
        let today = population.clock.today
        #expect(child.birthDate(on: today).age(at: today) == 3)
    }

    @Test func `names match whatever their accents, case and hyphens, and by the name in use too`() {
        let population = population()
        for (name, firstName) in [
            ("de la riviere saint jean", "Anne Sophie"), ("D'AUBIGNE", "anne-sophie"), ("D’Aubigné", "ANNE-SOPHIE"),
        ] {
            #expect(population.people(like: Identity(name: name, firstNames: [firstName])).count == 1)
        }
        #expect(population.people(like: Identity(name: "D'AUBIGNE", firstNames: ["Éléonore"])).isEmpty)
    }

    @Test func `every part of an identity that is given must agree`() {
        let population = population()
        func count(_ change: (inout Identity) -> Void) -> Int {
            var identity = Identity(name: "LEFEBVRE", firstNames: ["CLAIRE"])
            change(&identity)
            return population.people(like: identity).count
        }
        #expect(count { _ in } == 1)
        #expect(count { $0.birth = CivilDate(year: 1987, month: 6, day: 0) } == 1)
        #expect(count { $0.birth = CivilDate(year: 1987, month: 7, day: 0) } == 0)
        #expect(count { $0.sex = "M" } == 0)
        #expect(count { $0.commune = "75114" } == 0)
        #expect(count { $0.country = "99139" } == 0)
        #expect(count { $0.communeName = "villers semeuse" } == 1)
        #expect(count { $0.department = "75" } == 0)
    }

    @Test func `the tables of people and companies can be searched`() {
        let population = population()
        #expect(population.people(limit: 5).count == 5)
        #expect(population.people(matching: "lefebvre", limit: 10).map(\.key) == ["famille-deux-enfants"])
        #expect(population.people(matching: "0123456789a", limit: 10).map(\.kind) == [.student])
        #expect(population.companies(matching: "012345674", limit: 10).count == 1)
        #expect(population.companies(matching: "beffroi", limit: 3).first?.key == "etablissement-ferme")
    }

    @Test func `families look like families`() throws {
        let population = population(families: 2000)
        #expect(population.families.count == 2000)
        for family in population.families {
            let youngest = try #require(family.adults.map { population.people[$0].birth.year }.max())
            for child in family.children where population.people[child].constantAge == nil {
                #expect(population.people[child].birth.year - youngest >= 18)
            }
        }
        #expect(population.students.count > 50)
        #expect(population.families.contains { $0.regime == .msa })
    }
}
