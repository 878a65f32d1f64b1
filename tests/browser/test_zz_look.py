"""look: screenshots"""
import pytest
from browser.test_viewer_alone import SETUP
def test_look(notebook):
    s = notebook(SETUP + """
from regions import *; import astropy.units as u, operator
from imviz.plugin import Guide
rng=np.random.default_rng(0)
y,x=np.mgrid[:1000,:1200]
d=rng.normal(size=(1000,1200))
for i in range(60):
    a,b=rng.uniform(0,1200),rng.uniform(0,1000); xs=slice(max(int(a)-20,0),int(a)+20); ys=slice(max(int(b)-20,0),int(b)+20)
    d[ys,xs]+=rng.exponential(40)*np.exp(-((x[ys,xs]-a)**2+(y[ys,xs]-b)**2)/2/3**2)
session.add_image(NDData(d), 'stars'); viewer.add_image('stars')
for r in [CirclePixelRegion(PixCoord(200,200),60), EllipsePixelRegion(PixCoord(500,200),200,80,30*u.deg), RectanglePixelRegion(PixCoord(800,200),150,80,20*u.deg),
  CircleAnnulusPixelRegion(PixCoord(1000,250),40,80), EllipseAnnulusPixelRegion(PixCoord(200,500),50,120,30,90,40*u.deg), RectangleAnnulusPixelRegion(PixCoord(500,500),50,120,30,90,40*u.deg),
  PolygonPixelRegion(PixCoord([700,800,850,760],[450,430,520,600])), PointPixelRegion(PixCoord(1000,500)),
  CompoundPixelRegion(CirclePixelRegion(PixCoord(300,800),60),CirclePixelRegion(PixCoord(360,800),60),operator.or_)]:
    session.add_region(r,'stars')
session.selected_region='Subset 2'
viewer.set_guides([Guide('stars',CirclePixelRegion(PixCoord(800,800),30),'aperture'),Guide('stars',CircleAnnulusPixelRegion(PixCoord(800,800),50,80),'background')])
""", "box", "box")
    p=s.page; p.wait_for_timeout(2500)
    p.screenshot(path='/tmp/vlook1.png')
    s.kernel.run("session.selected_region='Subset 3'; viewer.center_on((800,250)); viewer.zoom_level=3")
    p.wait_for_timeout(1200); p.screenshot(path='/tmp/vlook2.png')
    print(s.errors, p.locator('.imviz-figure').count())
    # rates
    f=s.figure(); 
    for i in range(2):
        p.evaluate("""()=>{window.__n=0; const o=new MutationObserver(()=>{window.__n++}); o.observe(document.querySelector('.imviz-regions > g'),{attributes:true,attributeFilter:['transform']});}""")
        import time; t=time.time(); f.drag(f.screen(700,600),(f.box['x']+100,f.box['y']+100),steps=60); dt=time.time()-t
        print('drag', dt, p.evaluate('window.__n'))
    t=time.time(); p.wait_for_timeout(600); p.screenshot(path='/tmp/vlook3.png')
    print(s.kernel.get("[viewer._composite_image.moving, viewer._composite_image.image.shape]"))
