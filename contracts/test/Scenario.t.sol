// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Fixture} from "./support/Fixture.sol";
import "./support/Interfaces.sol";
import {Token} from "./support/Tokens.sol";
import {Writer} from "./support/Receivers.sol";
import {Vm} from "./support/Vm.sol";

/// Replays the recorded calls on the public contracts against ours, byte for byte:
/// every contract is deployed at the address it had there, so that call data,
/// digests and signatures hold as recorded. The outcome and the events must be
/// the same, except where a weakness of the target is mended.
abstract contract Replay is Fixture {
    struct Step {
        string label;
        uint256 time;
        address from;
        address to;
        uint256 value;
        bytes data;
        bool succeeds;
        string[] events;
    }

    /// The last of the common steps.
    uint256 internal constant COMMON = 120;

    mapping(bytes32 => address) internal accounts;
    mapping(bytes32 => bytes32) internal topics;
    uint256 internal samples;

    function setUp() public virtual override {
        readAccounts(vectors("payments.json"));
        this.readTopics(vectors("events.json"));
        vm.warp(START);
        deployAtTheSameAddresses();
        Writer writer = new Writer();
        vm.etch(accounts["hogowner"], address(writer).code);
    }

    /// The steps that our contracts and the target go together.
    function commonSteps() internal {
        for (uint256 i = 0; i <= COMMON; i++) {
            follow(i);
        }
    }

    // ---------------------------------------------------------------- deployment

    function deployAtTheSameAddresses() internal {
        deployer = accounts["deployer"];
        framework =
            FrameworkApi(place(0, "PlasmaFramework", abi.encode(PERIOD, 2, 2, accounts["auth"], accounts["maint"])));
        place(1, "EthDepositVerifier", abi.encode(1, 1));
        ethVault = EthVaultApi(place(2, "EthVault", abi.encode(framework, 2300)));
        place(3, "Erc20DepositVerifier", abi.encode(1, 1));
        erc20Vault = Erc20VaultApi(place(4, "Erc20Vault", abi.encode(framework)));
        registry = RegistryApi(place(5, "SpendingConditionRegistry", ""));
        place(6, "PaymentOutputToPaymentTxCondition", abi.encode(framework, 1, 1));
        place(7, "PaymentOutputToPaymentTxCondition", abi.encode(framework, 1, 2));
        place(8, "FeeClaimOutputToPaymentTxCondition", abi.encode(framework, 3, 2, 1));
        transition = TransitionApi(place(9, "PaymentTransactionStateTransitionVerifier", ""));
        token = Token(put(10, type(Token).creationCode));
        place(35, "FeeExitGame", "");

        token.mint(accounts["carol"], 1_000_000);
        token.mint(accounts["dave"], 1_000_000);
        vm.startPrank(accounts["maint"]);
        ethVault.setMinimumDeposit(ETH, 1);
        erc20Vault.setMinimumDeposit(address(token), 1);
        vm.stopPrank();
        contracts("PlasmaFramework", address(framework));
        contracts("EthVault", address(ethVault));
        contracts("Erc20Vault", address(erc20Vault));
        contracts("Token", address(token));
        accounts["SpendingConditionRegistry"] = address(registry);
    }

    /// The exit game needs the conditions to belong to nobody already.
    function deployTheGame() internal {
        game = ExitGameApi(place(34, "PaymentExitGame", gameArguments()));
        contracts("PaymentExitGame", address(game));
    }

    function contracts(string memory name, address there) internal {
        accounts[keyed(name)] = there;
        vm.assertEq(
            there,
            vm.parseJsonAddress(vectors("scenario.json"), string.concat(".contracts.", name)),
            "it stands where the target stood"
        );
    }

    function place(uint64 nonce, string memory name, bytes memory arguments) internal returns (address) {
        return put(nonce, bytes.concat(vm.getCode(artifact(name)), arguments));
    }

    function put(uint64 nonce, bytes memory code) internal returns (address there) {
        vm.setNonceUnsafe(deployer, nonce);
        vm.prank(deployer);
        assembly {
            there := create(0, add(code, 32), mload(code))
        }
        vm.assertTrue(there != address(0), "the contract is created");
    }

    // ---------------------------------------------------------------- steps

    function follow(uint256 index) internal {
        Step memory step = this.read(index);
        if (same(step.label, "initialise exit game")) {
            deployTheGame();
            step.to = address(game);
        }
        if (same(step.label, "IFE-5 bob cannot piggyback output 0 (lock-out)")) {
            joinInstead(step);
            return;
        }
        (bool done, Vm.Log[] memory found) = play(step);
        vm.assertEq(done, step.succeeds, step.label);
        compare(step, found);
    }

    /// The piggyback that the target locks out joins the entry that waits; it is
    /// undone, because the steps after it build on its failure.
    function joinInstead(Step memory step) internal {
        uint256 before = vm.snapshotState();
        uint256 size = queueOf(ETH).currentSize();
        (bool done, Vm.Log[] memory found) = play(step);
        vm.assertTrue(done, step.label);
        vm.assertEq(found.length, 1, "no second entry");
        vm.assertEq(found[0].topics[0], ExitGameApi.InFlightExitOutputPiggybacked.selector, "but a piggyback");
        vm.assertEq(queueOf(ETH).currentSize(), size, "the queue is as long as before");
        vm.assertTrue(vm.revertToState(before), "undone");
    }

    /// The blocks that the target accepted between the common steps and a group,
    /// so that the numbers of the group's own blocks and deposits come out right.
    function countAsTheTarget() internal {
        follow(121);
        follow(129);
        vm.prank(accounts["auth"]);
        framework.submitBlock(keccak256("in place of the zero root"));
    }

    function play(Step memory step) internal returns (bool done, Vm.Log[] memory found) {
        vm.warp(step.time);
        vm.recordLogs();
        (done,) = attempt(step.from, step.to, step.value, step.data);
        found = ofTheTarget(vm.getRecordedLogs());
    }

    /// Logs of the contracts without the events that only ours have.
    function ofTheTarget(Vm.Log[] memory all) internal view returns (Vm.Log[] memory kept) {
        uint256 length = 0;
        Vm.Log[] memory list = new Vm.Log[](all.length);
        for (uint256 i = 0; i < all.length; i++) {
            bytes32 topic = all[i].topics[0];
            bool addition = topic == VaultApi.CreditAdded.selector || topic == FrameworkApi.BlockRootSubmitted.selector;
            if (isOurs(all[i].emitter) && !addition) {
                list[length++] = all[i];
            }
        }
        kept = new Vm.Log[](length);
        for (uint256 i = 0; i < length; i++) {
            kept[i] = list[i];
        }
    }

    function isOurs(address emitter) internal view returns (bool) {
        return emitter == address(framework) || emitter == address(ethVault) || emitter == address(erc20Vault)
            || emitter == address(game);
    }

    function compare(Step memory step, Vm.Log[] memory found) internal {
        uint256 k = 0;
        for (uint256 i = 0; i < step.events.length; i++) {
            bytes32 topic = topics[keyed(step.events[i])];
            if (isOfBonds(topic)) {
                vm.assertTrue(has(found, topic), string.concat(step.label, ": ", step.events[i]));
                continue;
            }
            while (k < found.length && isOfBonds(found[k].topics[0])) {
                vm.assertTrue(wasRecorded(step, found[k++].topics[0]), string.concat(step.label, ": a bond"));
            }
            vm.assertLt(k, found.length, string.concat("as many events: ", step.label));
            vm.assertEq(found[k++].topics[0], topic, string.concat(step.label, ": ", step.events[i]));
        }
        vm.assertEq(k, found.length, string.concat("as many events: ", step.label));
        if (sampleOf[keyed(step.label)].length != 0) {
            samples += this.compareSamples(step, found);
        }
    }

    /// Bonds are paid at the end of a call, once to each owner: what fails is told
    /// there, and as one sum.
    function isOfBonds(bytes32 topic) internal pure returns (bool) {
        return topic == ExitGameApi.BondReturnFailed.selector || topic == ExitGameApi.BountyReturnFailed.selector
            || topic == ExitGameApi.InFlightBondReturnFailed.selector
            || topic == ExitGameApi.InFlightBountyReturnFailed.selector;
    }

    function has(Vm.Log[] memory found, bytes32 topic) internal pure returns (bool) {
        for (uint256 i = 0; i < found.length; i++) {
            if (found[i].topics[0] == topic) {
                return true;
            }
        }
        return false;
    }

    function wasRecorded(Step memory step, bytes32 topic) internal view returns (bool) {
        for (uint256 i = 0; i < step.events.length; i++) {
            if (topics[keyed(step.events[i])] == topic) {
                return true;
            }
        }
        return false;
    }

    mapping(bytes32 => uint256[]) internal sampleOf;

    function compareSamples(Step calldata step, Vm.Log[] calldata found) external view returns (uint256) {
        string memory recorded = vectors("events.json");
        uint256[] memory places = sampleOf[keyed(step.label)];
        uint256 there = 0;
        uint256 last = type(uint256).max;
        for (uint256 i = 0; i < places.length; i++) {
            if (places[i] / 10 != last) {
                last = places[i] / 10;
                there = 0;
            }
            string memory path = samplePath(places[i]);
            bytes32 topic = vm.parseJsonBytes32Array(recorded, string.concat(path, ".topics"))[0];
            if (isOfBonds(topic)) {
                continue;
            }
            while (found[there].topics[0] != topic) {
                there++;
            }
            compareSample(recorded, step, found[there], path);
            there++;
        }
        return places.length;
    }

    function compareSample(string memory recorded, Step calldata step, Vm.Log calldata log, string memory path)
        internal
        pure
    {
        bytes32[] memory expected = vm.parseJsonBytes32Array(recorded, string.concat(path, ".topics"));
        vm.assertEq(log.topics.length, expected.length, step.label);
        for (uint256 i = 0; i < expected.length; i++) {
            vm.assertEq(log.topics[i], expected[i], string.concat("topic: ", step.label));
        }
        bytes memory data = vm.parseJsonBytes(recorded, string.concat(path, ".data"));
        vm.assertEq(log.data, data, string.concat("data: ", step.label));
        address emitter = vm.parseJsonAddress(recorded, string.concat(path, ".addressHex"));
        vm.assertEq(log.emitter, emitter, string.concat("emitter: ", step.label));
    }

    // ---------------------------------------------------------------- reading

    function readAccounts(string memory payments) internal {
        string[12] memory names = [
            "deployer",
            "maint",
            "auth",
            "alice",
            "bob",
            "carol",
            "dave",
            "erin",
            "claimer",
            "watcher",
            "proc",
            "hogowner"
        ];
        for (uint256 i = 0; i < names.length; i++) {
            address account = vm.parseJsonAddress(payments, string.concat(".accounts.", names[i], ".address"));
            accounts[keyed(names[i])] = account;
            vm.deal(account, 1000 ether);
        }
    }

    function readTopics(string calldata recorded) external {
        for (uint256 i = 0; vm.keyExistsJson(recorded, string.concat(".events[", vm.toString(i), "]")); i++) {
            string memory path = string.concat(".events[", vm.toString(i), "]");
            bytes32 topic = vm.parseJsonBytes32(recorded, string.concat(path, ".topic0"));
            string memory name = vm.parseJsonString(recorded, string.concat(path, ".samples[0].name"));
            topics[keyed(name)] = topic;
            for (uint256 k = 0; k < 3; k++) {
                string memory sample = samplePath(10 * i + k);
                if (vm.keyExistsJson(recorded, sample)) {
                    string memory step = vm.parseJsonString(recorded, string.concat(sample, ".step"));
                    sampleOf[keyed(step)].push(10 * i + k);
                }
            }
        }
    }

    function samplePath(uint256 place_) internal pure returns (string memory) {
        return string.concat(".events[", vm.toString(place_ / 10), "].samples[", vm.toString(place_ % 10), "]");
    }

    /// From outside, so that the memory of reading is given back.
    function read(uint256 index) external view returns (Step memory step) {
        string memory scenario = vectors("scenario.json");
        string memory path = string.concat(".steps[", vm.toString(index), "]");
        step.label = vm.parseJsonString(scenario, string.concat(path, ".label"));
        step.time = vm.parseJsonUint(scenario, string.concat(path, ".timestamp"));
        step.from = accounts[keyed(vm.parseJsonString(scenario, string.concat(path, ".from")))];
        step.to = accounts[keyed(vm.parseJsonString(scenario, string.concat(path, ".to")))];
        step.value = vm.parseUint(vm.parseJsonString(scenario, string.concat(path, ".value")));
        step.data = vm.parseJsonBytes(scenario, string.concat(path, ".calldata"));
        step.succeeds = same(vm.parseJsonString(scenario, string.concat(path, ".outcome")), "success");
        if (step.succeeds) {
            step.events = vm.parseJsonStringArray(scenario, string.concat(path, ".events"));
        }
    }

    function expectLabel(uint256 index, string memory label) internal view returns (Step memory step) {
        step = this.read(index);
        vm.assertEq(step.label, label, "the recorded step");
    }

    function keyed(string memory text) internal pure returns (bytes32 key) {
        if (bytes(text).length > 32) {
            return keccak256(bytes(text));
        }
        assembly {
            key := mload(add(text, 32))
        }
    }

    function same(string memory a, string memory b) internal pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}

contract ScenarioTest is Replay {
    function test_TheCommonStepsHaveTheSameOutcomeAndEvents() public {
        commonSteps();
        vm.assertEq(samples, 68, "recorded logs were compared byte for byte");
        vm.assertEq(framework.nextChildBlock(), 3000, "two blocks");
        vm.assertEq(queueOf(ETH).currentSize(), 0, "every exit was processed");
        vm.assertEq(queueOf(address(token)).currentSize(), 0, "every token exit was processed");
        vm.assertEq(ethVault.creditOf(accounts["hogowner"]), 2 ether + 1 ether, "unpaid exits became credits");
        vm.assertGt(game.creditOf(accounts["hogowner"]), 0, "unpaid bonds became credits");
    }
}

/// Each group on a fresh copy of the state after the common steps.
contract ScenarioGroupsTest is Replay {
    function setUp() public override {
        super.setUp();
        commonSteps();
    }

    function test_TheWeaknessGroupIsRefused() public {
        string[7] memory refused = [
            "weakness: exit of a zero-input payment",
            "weakness: exit of output type 7",
            "weakness: exit of output type 2",
            "weakness: exit of amount zero",
            "weakness: exit of amount zero started again",
            "weakness: exit with a 17-sibling proof",
            "weakness: zero root submitted"
        ];
        uint256 found = 0;
        for (uint256 i = COMMON + 1; i <= 131; i++) {
            Step memory step = this.read(i);
            bool must = step.succeeds;
            for (uint256 k = 0; k < refused.length; k++) {
                if (same(step.label, refused[k])) {
                    must = false;
                    found++;
                }
            }
            (bool done,) = play(step);
            vm.assertEq(done, must, step.label);
        }
        vm.assertEq(found, 7, "every refused step was tried");
    }

    function test_TheRestartGroupSkipsTheOldEntryAndPaysNothing() public {
        countAsTheTarget();
        follow(132);
        for (uint256 i = 133; i <= 139; i++) {
            follow(i);
        }
        uint256 held = address(ethVault).balance;
        Step memory step = expectLabel(146, "restart: process the queue 7");
        (bool done, Vm.Log[] memory found) = play(step);
        vm.assertTrue(done, step.label);
        vm.assertEq(found.length, 2, "nothing but the omission and the count");
        vm.assertEq(found[0].topics[0], ExitGameApi.InFlightExitOmitted.selector, "the old entry is skipped");
        vm.assertEq(found[1].topics[0], FrameworkApi.ProcessedExitsNum.selector, "and counted");
        vm.assertEq(address(ethVault).balance, held, "nothing was paid");
        vm.assertEq(queueOf(ETH).currentSize(), 1, "the entry of the live exit still waits");
    }

    function test_TheBothSidesGroupPaysTheInputsOnly() public {
        countAsTheTarget();
        follow(132);
        follow(133);
        for (uint256 i = 147; i <= 151; i++) {
            follow(i);
        }
        follow(153);
        for (uint256 i = 154; i <= 158; i++) {
            follow(i);
        }
        uint256 held = address(ethVault).balance;
        Step memory step = expectLabel(159, "both sides: round 2 0");
        (bool done, Vm.Log[] memory found) = play(step);
        vm.assertTrue(done, step.label);
        vm.assertEq(found.length, 2, "nothing but the end and the count");
        vm.assertEq(found[0].topics[0], ExitGameApi.InFlightExitFinalized.selector, "the exit ends");
        vm.assertEq(found[1].topics[0], FrameworkApi.ProcessedExitsNum.selector, "and is counted");
        vm.assertEq(address(ethVault).balance, held, "no output was paid");
    }

    function test_GovernanceHasTheSameOutcomeAndEvents() public {
        for (uint256 i = 160; i <= 169; i++) {
            follow(i);
        }
        vm.assertFalse(vm.keyExistsJson(vectors("scenario.json"), ".steps[170]"), "that was the last step");
    }
}
