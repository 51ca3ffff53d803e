package reeve.run.process;

import reeve.base.os.Cgroups;

class ShellShimTest extends ProcessDriverContractTest {
    ShellShimTest() {
        super(Shim.Interpreter.SHELL, Cgroups.none());
    }
}
