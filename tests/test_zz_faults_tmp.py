import csv, warnings
import numpy as np, pytest
from tests.test_song_steps import *
from tests.test_exports import read_webvtt
from embed.exports import write_webvtt
from embed import song_player
from evaluate.draw_divergence import *
from tests.test_draw_divergence import measure, by_method
from evaluate.draw_measures import draw_measures
from evaluate.songs import differences
from evaluate.draw_songs import draw_songs
from evaluate.tables import divergence_rows

def test_F1_video_none(embed, monkeypatch):
    root = embed(('video = ["R"]', 'video = []'))
    done=[]
    monkeypatch.setattr(step4_play_song, "write_run_video", lambda p,*a,**k: done.append(p.run) or root/"x.mp4")
    step4_play_song.run("song", root=root)
    assert done == []

def test_F2_step4_before_step3(embed, edit, tmp_path):
    p=edit(); write_tones(tmp_path/"music"/"tones.wav"); store_spectrogram(p,tmp_path)
    with pytest.raises((ValueError,FileNotFoundError), match="step3_embed_song"):
        step4_play_song.run("song", root=tmp_path)

def test_F3a_coarse_starts_step6(embed):
    root = embed(('"persistence"]', '"persistence", "mlp"]'),("every_points = 4","every_points = 1000"))
    run=load("song",root).for_run("R")
    from forecast.song_forecasts import forecast_song, first_compared_start
    from forecast.methods import method_of
    e=results.load(run,"embedding",root)
    try:
        forecast_song(e, method_of("persistence",run), run, first_start=first_compared_start(e,run))
    except ValueError as err:
        assert "every_points" in str(err), err

def test_F3b_coarse_starts_step7(embed):
    root = embed(('"persistence"]', '"mlp"]'),("every_points = 4","every_points = 1000"))
    run=load("song",root).for_run("R")
    from forecast.song_forecasts import forecast_song
    from forecast.methods import method_of
    e=results.load(run,"embedding",root)
    for m in ("knn","knn_article"):
        results.save(run, f"forecast_{m}", forecast_song(e, method_of(m,run), run), root)
    store(run,"forecast_mlp",root, **forecast_song(e, method_of("persistence",run), run))
    step7_measure_song.measure_run(run, root)

def test_F4_threshold_label(measure):
    (axes,) = draw_valid_times({"R": {"knn": measure()}}).axes
    assert "0.5" in axes.get_xlabel()
    import inspect
    assert "threshold" in inspect.signature(draw_valid_times).parameters

def test_F5_legend(measure):
    (axes,) = draw_valid_times({"R": {"var": measure()}, "RF": {"joint": measure(), "analog": measure(), "var":measure()}}).axes
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["R","RF"]

@pytest.mark.parametrize("sections",[[(8.0,"B"),(0.0,"A")],[(0.0,"A"),(99.0,"B")],[(0.0,"A --> B")],[(0.0,"R & B <live>")],[(0.0,"A"),(0.0,"B")],[(0.0,"")]])
def test_F6_vtt(tmp_path, sections):
    path=write_webvtt(sections, 10.0, tmp_path/"a.vtt")
    text=path.read_text()
    cues=read_webvtt(path)
    assert all(s<e for s,e,_ in cues) and [c[0] for c in cues]==sorted(c[0] for c in cues)
    for line in text.splitlines():
        if "-->" not in line: assert "<" not in line and ("&" not in line or "&amp;" in line or "&lt;" in line)
    assert text.count("-->")==len(cues)

def test_F8_points(measured, edit):
    run = edit(("[lstm]\npoints = 4","[lstm]\npoints = 30"), text=ALL_METHODS, more=RF).for_run("RF")
    assert not results.is_fresh(run,"divergence_knn",measured)
    
def test_F9_short(embed):
    root=embed(("exclusion_points = [0, 10]","exclusion_points = [0, 90]"))
    for run in load("song",root).for_runs(): step6_forecast_song.forecast_run(run,root)
    there=files_of(root)
    with pytest.raises(ValueError) as e: step7_measure_song.run("song",root=root)
    print(e.value)
    assert "exclusion_points" in str(e.value)
    assert files_of(root)==there

def test_F9b_knn_too_short(embed):
    root=embed(seconds=1.0)
    there=files_of(root)
    try: 
        for run in load("song",root).for_runs(): step6_forecast_song.forecast_run(run,root)
        step7_measure_song.run("song",root=root)
    except ValueError as e: print("MSG",e); raise

def test_F10_horizons():
    a={"R":[np.zeros(9)],"RF":[np.zeros(9)]}; b={"R":[np.zeros(31)],"RF":[np.zeros(31)]}
    with pytest.raises(ValueError, match="horizon"): differences({"a":a,"b":b})

def test_F12_no_networks_short(embed):
    root=embed(seconds=1.0)
    run=load("song",root).for_run("R")
    from forecast.song_forecasts import forecast_song
    from forecast.methods import method_of
    e=results.load(run,"embedding",root); print(len(e["z"]))
    forecast_song(e, method_of("persistence",run), run)

def test_F13(embed):
    root=embed()
    for run in load("song",root).for_runs(): step6_forecast_song.forecast_run(run,root)
    step7_measure_song.run("song",root=root)
    (root/"output/song/R/embedding.npz").unlink()
    draw_measures(load("song",root),root)

def test_F15_neg(edit):
    with pytest.raises(ValueError): edit(("[0, 10]","[-5]"))

def test_F16_nan(measure, embed):
    root=embed()
    run=load("song",root).for_run("R"); step6_forecast_song.forecast_run(run,root); step7_measure_song.measure_run(run,root)
    rows=divergence_rows({"R":{"persistence":results.load(run,"divergence_persistence",root)}})
    assert "nan" not in rows[0].values(), rows

def test_F17_threshold_huge(embed):
    root=embed(("n_surrogates = 3","n_surrogates = 3\nthreshold=50.0"))
    for run in load("song",root).for_runs(): step6_forecast_song.forecast_run(run,root)
    step7_measure_song.run("song",root=root)
    with warnings.catch_warnings():
        warnings.simplefilter("error"); draw_measures(load("song",root),root)

@pytest.mark.parametrize("dim",[1,2,12])
def test_F24_dims(embed,dim):
    root=embed(("clip_windows = 5",f"clip_windows = 5\nlatent_dim = {dim}"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        step6_forecast_song.run("song",root=root)
        step7_measure_song.run("song",root=root)
        step8_draw_song.run("song",root=root)

def test_F25_one_start(embed):
    root=embed(("every_points = 4","every_points = 1000"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        step6_forecast_song.run("song",root=root)
        step7_measure_song.run("song",root=root)
        step8_draw_song.run("song",root=root)

def test_F26_empty_sweep(embed):
    root=embed(("[0, 10]","[]"))
    step6_forecast_song.run("song",root=root)
    step7_measure_song.run("song",root=root)
    step8_draw_song.run("song",root=root)

def test_F27_horizon_1(embed):
    root=embed(("horizon_steps = 8","horizon_steps = 1"))
    step6_forecast_song.run("song",root=root)
    step7_measure_song.run("song",root=root)
    step8_draw_song.run("song",root=root)

def test_F28_methods_one(embed):
    root=embed(('methods = ["knn", "knn_article", "persistence"]','methods = ["climatology"]'))
    step6_forecast_song.run("song",root=root)
    step7_measure_song.run("song",root=root)
    step8_draw_song.run("song",root=root)

def test_F29_joint_only(embed):
    root=embed(('methods = ["knn", "knn_article", "persistence"]','methods = ["joint"]'))
    step6_forecast_song.run("song",root=root)

def test_F30_wrong_run_nothing_written(embed):
    root=embed(); there=files_of(root)
    with pytest.raises(ValueError): step4_play_song.run("song",root=root,runs=["X"])
    assert files_of(root)==there

def test_F31_silent_pool(embed, edit):
    root=embed(('[play]','[figures]\nsongs=["song"]\n[play]'))
    step6_forecast_song.run("song",root=root); step7_measure_song.run("song",root=root); step8_draw_song.run("song",root=root)

def test_F32_bad_song_name(embed):
    root=embed(('[play]','[figures]\nsongs=["nosuch"]\n[play]'))
    there=files_of(root)
    with pytest.raises((ValueError,FileNotFoundError)) as e: step8_draw_song.run("song",root=root)
    print(e.value); assert files_of(root)==there
