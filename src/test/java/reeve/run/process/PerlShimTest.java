package reeve.run.process;

import reeve.base.os.Cgroups;

class PerlShimTest extends ProcessDriverContractTest {
    PerlShimTest() {
        super(Shim.Interpreter.PERL, Cgroups.find());
    }
}
